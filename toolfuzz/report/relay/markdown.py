"""A trial as Markdown: the matrix of its paths, then a row a cause."""

from collections.abc import Iterator

from toolfuzz.core.case import JsonObject
from toolfuzz.core.markdown import code, sentence, table
from toolfuzz.core.text import brief
from toolfuzz.report.relay.words import grave, head, places, routes

__all__ = ["trial_lines"]


def trial_lines(summary: JsonObject) -> Iterator[str]:
    """Yield the lines; everything from outside stands in code spans, where it is inert."""
    trial = summary["trial"]
    yield f"## {sentence(trial['subject'])}: {head(trial)}"
    yield ""
    rows = []
    for name, positions in routes(trial["paths"]):
        paths = [trial["paths"][n] for n in positions]
        here = [c for c in grave(trial) if any(c["shown"][n] for n in positions)]
        rows.append([code(name, in_table=True), *map(_intact, paths), str(len(here))])
    yield from table(("front door → upstream", "intact, plain", "intact, streamed", "causes"), rows)
    yield ""
    version = code(summary["toolfuzz_version"])
    yield f"Between a client and a scripted upstream, by toolfuzz {version}."
    yield ""
    yield from table(
        ("cause", "what", "given", "arrived", "on", "known"),
        [_row(cause, trial) for cause in trial["causes"]],
    )


def _intact(path: JsonObject) -> str:
    return f"{path['passed']} of {path['judged']}" if path["judged"] else "–"


def _row(cause: JsonObject, trial: JsonObject) -> list[str]:
    known = cause["accepted"]
    return [
        code(cause["cause"], in_table=True),
        sentence(cause["title"]),
        code(brief(cause["given"]), in_table=True),
        code(brief(cause["arrived"]), in_table=True),
        ", ".join(code(place, in_table=True) for place in places(cause, trial["paths"])),
        "" if known is None else code(known or "yes", in_table=True),
    ]
