"""What asking a case again, or under other spellings of its schema, has shown."""

from collections.abc import Iterator

from toolfuzz.core.case import JsonObject
from toolfuzz.report.words import count, percent

__all__ = ["repeat_notes"]


def repeat_notes(target: JsonObject) -> Iterator[str]:
    """Yield a line each for ``--repeat`` and ``--respell``, where a target was asked so."""
    if pass_k := target["pass_k"]:
        most = max(pass_k, key=int)
        yield (
            f"asked {most} times, {percent(pass_k[most])} of the cases were right every time "
            f"(pass^{most}); of single askings {percent(pass_k['1'])} were"
        )
    if respelled := target["respelled"]:
        pairs = sum(entry["pairs"] for entry in respelled.values())
        told = [said for name, entry in respelled.items() if (said := _differs(name, entry))]
        spellings = count(len(respelled), "other spelling")
        differs = "; ".join(told) or "none came out otherwise"
        yield f"{count(pairs, 'question')} asked under {spellings} of their schema: {differs}"


def _differs(name: str, entry: JsonObject) -> str:
    given, respelled = entry["only_original_fails"], entry["only_respelled_fails"]
    if not given and not respelled:
        return ""
    return (
        f"{name} ({count(entry['pairs'], 'pair')}): {given} failed only as given, {respelled} "
        "only respelled"
    )
