"""The reply was cut by the token limit and doesn't say so."""

from collections.abc import Iterable

from toolfuzz.core.given import Given
from toolfuzz.core.reply import Usage
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.wording import one_line


def detect(facts: Facts) -> Iterable[Finding]:
    reply = facts.reply
    if facts.given is not None:
        return _known(facts, facts.given)
    spent = reply.usage.output_tokens if reply.usage else None
    if reply.finish == "length" or not facts.max_tokens or not spent or facts.complete:
        return ()
    if spent < facts.max_tokens:
        return ()
    reason = one_line(str(reply.finish_reason))
    return [
        DEFECT.finding(
            f"{spent} of {facts.max_tokens} tokens were used and the finish reason is {reason}"
        )
    ]


def _known(facts: Facts, given: Given) -> Iterable[Finding]:
    """What an engine was given says whether the limit was met."""
    if given.cut is None or facts.reply.finish in ("length", None):
        return ()
    asked = facts.turn.expect.calls
    if given.cut == "end" and facts.complete and len(facts.sent) == len(asked):
        return ()  # nothing is missing but the mark of the end
    reason = one_line(str(facts.reply.finish_reason))
    return [DEFECT.finding(f"the text {given.told[-1]}, and the finish reason is {reason}")]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Cut off at max_tokens, and the reason doesn't say so."""
    limit = reply.ask.max_tokens
    if limit is None or not reply.calls or not isinstance(reply.calls[-1].raw, str):
        return False
    raw = reply.calls[-1].raw
    reply.calls[-1].raw = raw[: max(1, len(raw) // 2)]
    reply.finish, reply.output_tokens = "tool_calls", limit
    return True


DEFECT = Defect(
    slug="finish-length-masked",
    group="G",
    tells_of="serialization",
    harm="value",
    title="The reply was cut by the token limit and doesn't say so",
    severity="error",
    layer="wire",
    stage="assemble",
    usual="the server",
    help="Compare completion_tokens with max_tokens before running a call; raise max_tokens.",
    example='{"finish_reason":"tool_calls","usage":{"completion_tokens":256}} with max_tokens 256',
    sources=(
        "vllm-project/vllm#46303",
        "vllm-project/vllm#58228",
        "MiaAI-Lab/DeepSeek-v4-Flash-DSpark-2x-DGX-Spark#55",
    ),
    detect=detect,
    ends=True,
    explains=frozenset({"finish-stop-with-calls"}),
    fault=Fault(simulate, "message", "text, pieces stream"),
    examples=(
        answer(called("f", '{"a":'), asked=[("f", {"a": 1})], usage=Usage(9, 64), max_tokens=64),
        answer(
            called("f", '{"a":1}'),
            asked=[("f", {"a": 1})],
            usage=Usage(9, 64),
            max_tokens=64,
            found=False,
        ),
        answer(
            called("f", '{"a":1}'),
            asked=[("f", {"a": 1}), ("f", {"b": 2})],
            given=Given(cut="name"),
        ),
        answer(asked=[("f", {"a": 1})], given=Given(cut="end"), finish="stop"),
        answer(
            called("f", '{"a":1}'), asked=[("f", {"a": 1})], given=Given(cut="end"), found=False
        ),
        answer(asked=[("f", {"a": 1})], given=Given(cut="name"), finish="length", found=False),
        answer(called("f", "{}"), asked=[("f", {})], given=Given(), found=False),
    ),
)
