"""Replayed arguments reach the model as {}."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, said
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.reading import load


def detect(facts: Facts) -> Iterable[Finding]:
    for one in facts.matched:
        wanted = one.expected.arguments if one.expected else {}
        if one.document.value == {} and wanted and _had_arguments(facts, one.call.name):
            message = "no argument came, though an earlier call of the tool had some"
            return [DEFECT.finding(message, call=one.index)]
    return ()


def _had_arguments(facts: Facts, name: str | None) -> bool:
    calls = (call for reply in facts.earlier if reply for call in reply.calls)
    return any(c.name == name and c.arguments_raw and load(c.arguments_raw) for c in calls)


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The model sees its earlier calls without arguments, and repeats them so."""
    before = {call.name for earlier in reply.ask.replies for call in earlier.calls}
    again = [call for call in reply.calls if call.name in before and call.arguments]
    for call in again:
        call.arguments = {}
    return bool(again)


DEFECT = Defect(
    slug="history-args-erased",
    group="H",
    tells_of="serialization",
    title="Replayed arguments reach the model as {}",
    severity="error",
    layer="structure",
    stage="values",
    shows_in="history",
    usual="the server's guard against broken history",
    help="Ask the model to repeat its earlier arguments to see it; update the server.",
    example='turn 2 prompt: {"name":"f","arguments":{}}',
    sources=("vllm-project/vllm#54964",),
    indistinguishable=(
        "A history that lost its arguments and a model that leaves them out this time look alike."
    ),
    detect=detect,
    explains=frozenset({"args-empty-object", "schema-unenforced"}),
    fault=Fault(simulate, "plan", turn=2),
    examples=(
        answer(
            called("f", id="call_2"),
            asked=[("f", {"a": 1})],
            earlier=(said(called("f", '{"a":2}')),),
        ),
        answer(
            called("f", id="call_2"),
            asked=[("f", {"a": 1})],
            earlier=(said(called("f")),),
            found=False,
        ),
    ),
)
