"""The model never sees the tool's result."""

from collections.abc import Iterable, Iterator

from toolfuzz.core.ask import Answered
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, said
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.leaks import scalars


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.calls or facts.in_text or facts.in_reasoning or not facts.sought or not facts.number:
        return ()
    told = "\n".join(r for turn in facts.case.turns[: facts.number] for r in turn.results)
    asked = "\n".join(m.content for turn in facts.case.turns for m in turn.messages)
    for call in facts.turn.expect.calls:
        for value in _only_told(call.arguments, told, asked):
            message = f"no call; what it needed, {clip(value, 80)!r}, stands in a tool's result"
            return [DEFECT.finding(message)]
    return ()


_TELLING = 4
"""Characters that a value needs so that it can't stand in a result by chance."""


def _only_told(arguments: JsonObject, told: str, asked: str) -> Iterator[str]:
    """Yield the texts in a call's arguments that a tool told and nobody else."""
    for value in scalars(arguments):
        telling = isinstance(value, str) and len(value) >= _TELLING
        if telling and value in told and value not in asked:
            yield value


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The model doesn't see what the tools said, and makes no call that would need it."""
    said = [part.results for part in reply.ask.said if isinstance(part, Answered)]
    told = "\n".join(result.content for results in said for result in results)
    asked = "\n".join(message.content for message in reply.ask.messages)
    if not any(any(_only_told(call.arguments, told, asked)) for call in reply.calls):
        return False
    reply.calls, reply.text = [], "The tool answered nothing."
    return True


DEFECT = Defect(
    slug="tool-result-dropped",
    group="H",
    title="The model never sees the tool's result",
    severity="error",
    layer="structure",
    stage="structure",
    shows_in="history",
    usual="the chat template",
    help="Send tool results as plain strings instead of lists of parts; use a corrected template.",
    example="<tool_response><tools></tools></tool_response>",
    sources=("vllm-project/vllm#39614", "vllm-project/vllm#39899", "sgl-project/sglang#22595"),
    indistinguishable=(
        "A model that was never shown the result and one that doesn't use it look alike."
    ),
    detect=detect,
    explains=frozenset({"call-dropped", "no-call"}),
    fault=Fault(simulate, "plan", turn=2),
    examples=(
        answer(
            asked=[("f", {"token": "4711-ABC"})],
            text="The tool answered nothing.",
            earlier=(said(called("f")),),
            results=("The token is 4711-ABC.",),
        ),
        answer(
            asked=[("f", {"token": "4711-ABC"})],
            text="The tool answered nothing.",
            earlier=(said(called("f")),),
            results=("Done.",),
            found=False,
        ),
    ),
)
