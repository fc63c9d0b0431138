"""The model never sees the tool's result."""

from collections.abc import Iterable, Iterator

from toolfuzz.core.ask import Answered
from toolfuzz.core.case import JsonObject
from toolfuzz.core.reply import ToolCall
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, said, tool
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.leaks import scalars
from toolfuzz.judge.reading import load


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.in_text or facts.in_reasoning or not facts.sought or not facts.number:
        return ()
    if not all(_made_before(facts, call) for call in facts.calls):
        return ()
    told = "\n".join(r for turn in facts.case.turns[: facts.number] for r in turn.results)
    asked = "\n".join(m.content for turn in facts.case.turns for m in turn.messages)
    needed = [
        v for call in facts.turn.expect.calls for v in _only_told(call.arguments, told, asked)
    ]
    if not needed or any(needed[0] in (call.arguments_raw or "") for call in facts.calls):
        return ()
    what = "an earlier call again" if facts.calls else "no call"
    message = f"{what}; what it needed, {clip(needed[0], 80)!r}, stands in a tool's result"
    return [DEFECT.finding(message)]


def _made_before(facts: Facts, call: ToolCall) -> bool:
    """Whether the very same call stands in an earlier reply, and its tool is not wanted now.

    Where it is, the call may as well have lost an argument on the way.
    """
    if any(wanted.tool == call.name for wanted in facts.turn.expect.calls):
        return False
    earlier = (one for reply in facts.earlier if reply for one in reply.calls)
    made = load(call.arguments_raw) if call.arguments_raw else None
    return made is not None and any(
        one.name == call.name and one.arguments_raw and load(one.arguments_raw) == made
        for one in earlier
    )


_TELLING = 4
"""Characters that a value needs so that it can't stand in a result by chance."""


def _only_told(arguments: JsonObject, told: str, asked: str) -> Iterator[str]:
    """Yield the texts in a call's arguments that a tool told and nobody else."""
    for value in scalars(arguments):
        telling = isinstance(value, str) and len(value) >= _TELLING
        if telling and value in told and value not in asked:
            yield value


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The model doesn't see what the tools said: it makes no call, or its last one again."""
    said = [part.results for part in reply.ask.said if isinstance(part, Answered)]
    told = "\n".join(result.content for results in said for result in results)
    asked = "\n".join(message.content for message in reply.ask.messages)
    if not any(any(_only_told(call.arguments, told, asked)) for call in reply.calls):
        return False
    made = reply.ask.replies[-1].calls
    planned = {call.name for call in reply.calls}
    offered = all(reply.ask.tool(c.name or "") and c.name not in planned for c in made)
    again = offered and roll.rng.random() < 1 / 2
    calls = [Call(call.name, load(call.arguments_raw or "") or {}) for call in made]
    reply.calls = calls if again else []
    reply.text = "" if reply.calls else "The tool answered nothing."
    return True


DEFECT = Defect(
    slug="tool-result-dropped",
    group="H",
    tells_of="serialization",
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
        "A model that was never shown the result and one that doesn't use it look alike; so does "
        "one that makes its last call again for another reason."
    ),
    detect=detect,
    explains=frozenset(
        {
            "call-dropped",
            "calls-extra",
            "calls-missing",
            "duplicate-call",
            "forced-call-missing",
            "no-call",
            "wrong-tool",
        }
    ),
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
        answer(
            called("f", '{"a":1}', id="call_2"),
            asked=[("g", {"token": "4711-ABC"})],
            earlier=(said(called("f", '{"a":1}')),),
            results=("The token is 4711-ABC.",),
            tools=(tool("f"),),
        ),
        answer(
            called("f", '{"a":1}', id="call_2"),
            asked=[("g", {"token": "4711-ABC"})],
            earlier=(said(called("f", '{"a":2}')),),
            results=("The token is 4711-ABC.",),
            tools=(tool("f"),),
            found=False,
        ),
        answer(
            called("f", '{"a":1}', id="call_2"),
            asked=[("f", {"a": 1, "token": "4711-ABC"})],
            earlier=(said(called("f", '{"a":1}')),),
            results=("The token is 4711-ABC.",),
            found=False,
        ),
    ),
)
