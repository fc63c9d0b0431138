"""The reply was cut by the token limit and doesn't say so."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.wording import one_line


def detect(facts: Facts) -> Iterable[Finding]:
    reply = facts.reply
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


DEFECT = Defect(
    slug="finish-length-masked",
    group="G",
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
)
