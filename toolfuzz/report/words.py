"""Phrases that several reports share."""

import re
from collections.abc import Sequence

from toolfuzz.analyze.ranking import FEW
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import brief, brief_apart, printable

__all__ = [
    "answers",
    "count",
    "first_attempt",
    "given_up",
    "in_turn",
    "milliseconds",
    "named",
    "percent",
    "success",
    "unread",
    "unreal",
    "unsure",
    "usual_cause",
    "wanted",
    "xml_text",
]

# What lists of causes are joined by, and a cause that is a model.
_BETWEEN = re.compile(r"(,? or (?!with )|[,;] also |, (?=(?:the|a|an|many) ))")
_MODEL = re.compile(r"(?:the |a |an |many )?models?\b")


def answers(check: JsonObject) -> list[str]:
    """Return why, a paragraph each: the answers to a check's questions."""
    if check.get("rate") and check.get("defects"):
        return [check["rate"]["words"], check["defects"]["words"]]
    return [check["reason"].removeprefix(f"{check['outcome']}: ")]


def percent(share: float | None) -> str:
    """Return ``97.5%``, or a dash for nothing measured; only all is 100.0%, only none 0.0%."""
    if share is None:
        return "–"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"


def unsure(share: str, calls: int) -> str:
    """Put a share in parentheses that rests on fewer than ten calls."""
    return f"({share})" if calls < FEW else share


def success(entry: JsonObject) -> str:
    """Return ``97.5% (95% interval 91.0% – 99.2%)`` of anything with rate, low and high."""
    if entry["rate"] is None:
        return "nothing judged"
    return f"{percent(entry['rate'])} (95% interval {entry['low']:.1%} – {entry['high']:.1%})"


def named(entry: JsonObject, name: str) -> str:
    """Return a target's name with what it is behind it, where it isn't a real model."""
    label = entry["nature"]["label"]
    return f"{name} ({label})" if label else name


def in_turn(turn: int) -> str:
    """Return ``turn 2, `` before a place in a later turn of a conversation, else nothing."""
    return f"turn {turn + 1}, " if turn else ""


def unreal(entries: Sequence[JsonObject]) -> str:
    """Say in a few words which targets are no real models; empty when all of them are.

    ``simulated endpoints`` when that holds for all, ``some simulated`` when it holds for some.
    """
    natures = {entry["nature"]["label"]: entry["nature"]["several"] for entry in entries}
    if len(natures) == 1:
        return str(next(iter(natures.values())))
    return ", ".join(f"some {label}" for label in sorted(natures) if label)


def usual_cause(usual: str, entries: Sequence[JsonObject]) -> str:
    """Return who usually causes a defect; where no model was asked, without the models.

    Empty when only a model does: a gateway's or parser's own fault is none of the usual then.
    """
    if not entries or any(entry["nature"]["real"] for entry in entries):
        return usual
    first, *rest = _BETWEEN.split(usual)
    said = "" if _MODEL.match(first) else first
    for between, cause in zip(rest[::2], rest[1::2], strict=True):
        if _MODEL.match(cause):
            continue
        # "the model or parser" has one article for both.
        article = "the " if between == " or " else ""
        said = f"{said}{between}{cause}" if said else f"{article}{cause}"
    return said


def first_attempt(entry: JsonObject) -> str:
    """Say what success is worth without retries; empty where they changed nothing."""
    first = entry.get("first_attempt")
    if first is None or entry["rate"] is None or first == entry["rate"]:
        return ""
    return f"{percent(first)} at the first attempt, {percent(entry['rate'])} after retries"


def given_up(entry: JsonObject) -> str:
    """Say in a clause that a target was given up, and why; empty when it wasn't."""
    if entry["given_up"] is None:
        return ""
    after, reason = entry["given_up"]["after"], entry["given_up"]["reason"]
    asked = count(entry["judged"], "answer")
    if entry["given_up"].get("hung"):
        return f"given up after it hung at {after} questions; the figures rest on {asked}"
    return (
        f"given up after {after} questions in a row without a judgeable answer ({reason}); "
        f"the figures rest on {asked}"
    )


def unread(summary: JsonObject) -> str:
    """Say that lines of the journal could not be read; empty when all could."""
    lines = summary.get("unread_lines", ())
    if not lines:
        return ""
    return (
        f"{count(len(lines), 'line')} of the journal could not be read and what belongs to them "
        f"is left out: {lines[0]}"
    )


def wanted(example: JsonObject, most: int = 72) -> tuple[str | None, str]:
    """Return on a line each what an example's reply should have held, and what it held.

    The former is None where nobody knows. Those of more than ``most`` characters show where they
    differ.
    """
    right, got = brief_apart(example["expected"], example["actual"], most)
    known = example["expected"] is not None or example.get("known", True)
    return (right, got) if known else (None, brief(example["actual"], most))


def milliseconds(times: JsonObject, name: str) -> str:
    """Return ``120 ms`` for a percentile, or a dash."""
    return f"{times[name]:.0f} ms" if name in times else "–"


def count(n: int, one: str, many: str | None = None) -> str:
    """Return ``1 case`` or ``2 cases``; ``many`` is a plural that isn't made by an s."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def xml_text(text: str) -> str:
    """Spell out what XML 1.0 can't hold; ElementTree escapes the markup itself.

    https://www.w3.org/TR/xml/#charsets
    """
    safe = printable(text, keep_newlines=True)
    return safe.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
