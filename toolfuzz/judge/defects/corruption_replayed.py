"""A wrong value is sent back as the model's own and repeats for ever."""

from collections.abc import Iterable, Iterator
from typing import Any

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, said
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll, parameters, plain_string
from toolfuzz.judge.faults.schema import Spot, places
from toolfuzz.judge.leaks import scalars
from toolfuzz.judge.reading import load


def detect(facts: Facts) -> Iterable[Finding]:
    before = {clip(value) for value in _said_before(facts)}
    for found in facts.findings if before else ():
        wrong, right = found.actual, found.expected
        if found.slug not in DEFECT.pairs or found.severity != "error" or right == wrong:
            continue
        known = isinstance(right, str | int) and right in before
        if isinstance(wrong, str | int) and wrong in before and not known:
            message = f"the wrong value of {found.slug} stood in an earlier call already"
            return [
                DEFECT.finding(
                    message, call=found.call, pointer=found.pointer, expected=right, actual=wrong
                )
            ]
    return ()


_TELLING = 4
"""Characters that a value needs so that it can't stand in two calls by chance."""


def _said_before(facts: Facts) -> Iterator[str | int]:
    """Yield the values of earlier calls that are telling: long texts, large integers."""
    for reply in facts.earlier:
        for call in reply.calls if reply else ():
            for value in scalars(load(call.arguments_raw) if call.arguments_raw else None):
                if (isinstance(value, str) and len(value) >= _TELLING) or (
                    isinstance(value, int) and abs(value) >= 10_000
                ):
                    yield value


_EXACT = 2**53


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The same damage each time: large integers are rounded, texts lose their ends."""
    changed = False
    for call in reply.calls:
        for place in places(call.arguments, parameters(reply, call)):
            damaged = _damaged(place)
            if damaged != place.value:
                place.holder[place.key], changed = damaged, True
    return changed


def _damaged(place: Spot) -> Any:
    """Return the value without the space around it; a text that has none loses a character."""
    value, least = place.value, place.schema.get("minLength")
    if isinstance(value, int) and _EXACT < abs(value) < 10**300:
        return int(float(value))
    if not plain_string(place) or not value.strip():
        return value
    spare = len(value) > max(_TELLING, least if isinstance(least, int) else 0)
    return value.strip() if value != value.strip() or not spare else value[:-1]


DEFECT = Defect(
    slug="corruption-replayed",
    group="H",
    tells_of="serialization",
    title="A wrong value is sent back as the model's own and repeats for ever",
    severity="error",
    layer="values",
    stage="causes",
    shows_in="history",
    usual="the server or gateway",
    help=(
        "A retry can't cure it: fix the layer that changes the value, or send the value as a "
        "string."
    ),
    example="9007199254740993 becomes 9007199254740992 in every turn",
    sources=("earendil-works/pi#8943", "ardanlabs/kronk#796", "sgl-project/sglang#30644"),
    # What is lost for good, and so can't be told from what the model meant when it comes back.
    pairs=(
        "array-as-json-string",
        "args-unicode-corrupt",
        "integer-precision-loss",
        "string-normalised",
        "value-changed",
        "value-emptied",
        "whitespace-added",
        "whitespace-stripped",
    ),
    detect=detect,
    fault=Fault(simulate, "values", turn=2),
    examples=(
        answer(
            called("f", '{"n":9007199254740992}', id="call_2"),
            asked=[("f", {"n": 9007199254740993})],
            earlier=(said(called("f", '{"n":9007199254740992}')),),
        ),
        answer(
            called("f", '{"n":9007199254740992}', id="call_2"),
            asked=[("f", {"n": 9007199254740993})],
            earlier=(said(called("f", '{"n":9007199254740993}')),),
            found=False,
        ),
        answer(
            called("f", '{"v":"[\\"red\\"]"}', id="call_2"),
            asked=[("f", {"v": ["red"]})],
            earlier=(said(called("f", '{"v":"[\\"red\\"]"}')),),
        ),
    ),
)
