"""A pattern of the schema could not be tried on what came."""

from collections.abc import Iterator

from toolfuzz.core import patterns
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments, value
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.wording import one_line


def detect(facts: Facts) -> Iterator[Finding]:
    """Tell of each pattern once."""
    for pattern in facts.untried:
        slow = f"takes more than {patterns.MOST_SECONDS:g} s"
        why = slow if patterns.readable(pattern) else "can't be read as an expression"
        yield DEFECT.finding(f"pattern {one_line(pattern)!r} {why}: not checked")


def _with(pattern: str) -> dict[str, object]:
    return {"type": "object", "properties": {"v": {"type": "string", "pattern": pattern}}}


_SLOW = "^(?!b)(a|aa)+$"

DEFECT = Defect(
    slug="pattern-untried",
    group="D",
    tells_of="serialization",
    title="A pattern of the schema could not be tried on what came",
    severity="info",
    layer="schema",
    stage="values",
    usual="the tool's author",
    help=(
        "The expression is no regular expression, or backtracks without end on this text. Nothing "
        "is said of what it asks for, neither right nor wrong. Write it without nested repeats, "
        "lookarounds and back references, and every text is checked at once."
    ),
    example="a schema with the pattern ( or (a+)+$ and a lookahead",
    detect=detect,
    examples=(
        arguments('{"v": "x"}', schema=_with("(")),
        arguments('{"k": 1}', schema={"type": "object", "patternProperties": {"[z-a]": {}}}),
        arguments(f'{{"v": "{"a" * 80}!"}}', schema=_with(_SLOW), where="serial"),
        arguments('{"v": "aaa"}', schema=_with(_SLOW), found=False),
        arguments('{"v": "x"}', schema=_with("^[a-z]$"), found=False),
        # Nothing has to be tried where the right answer came.
        value('"x"', "x", {"type": "string", "pattern": "("}, found=False),
    ),
)
