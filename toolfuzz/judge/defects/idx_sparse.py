"""Call indexes don't count up from 0 without holes."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.traits.indexed or not facts.streamed:
        return ()
    slots = sorted({call.slot for call in facts.streamed if call.slot is not None})
    if slots == list(range(len(slots))):
        return ()
    first = facts.streamed[0].position
    return [DEFECT.finding(f"call indexes are {slots[:8]}", call=first)]


DEFECT = Defect(
    slug="idx-sparse",
    group="F",
    title="Call indexes don't count up from 0 without holes",
    severity="warn",
    layer="stream",
    stage="assemble",
    usual="a gateway that passes content-block numbers on",
    help=(
        "Harmless to clients that use the index as a key; clients that use it as a list "
        "position crash."
    ),
    example='first tool-call delta: {"index":1,...}',
    sources=("vercel/ai#18333", "apache/maka#1967", "moeru-ai/xsai#218"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    examples=(
        streamed(delta(1, "{}", id="call_1", name="f"), where="indexed"),
        streamed(delta(0, "{}", id="call_1", name="f"), found=False, where="indexed"),
    ),
)
