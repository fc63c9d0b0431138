"""Tokens were spent, but neither call nor text came back."""

from collections.abc import Iterable

from toolfuzz.core.reply import Usage
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.calls or not facts.sought or facts.reply.text.strip():
        return ()
    spent = facts.reply.usage.output_tokens if facts.reply.usage else None
    if (spent or 0) <= 5 and not facts.reply.reasoning.strip():
        return ()
    return [DEFECT.finding(f"nothing came back for {spent} tokens")]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Tokens were spent and nothing came."""
    if not reply.calls:
        return False
    reply.calls, reply.text, reply.finish = [], "", "stop"
    reply.output_tokens = max(reply.output_tokens, 24)
    return True


DEFECT = Defect(
    slug="call-dropped",
    group="E",
    tells_of="serialization",
    title="Tokens were spent, but neither call nor text came back",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server's parser",
    help=(
        "The parser met text that it could not read and threw it away. Ask the server for its "
        "raw output (skip_special_tokens off, parser off) to see what the model wrote. A value "
        "that the parser can't convert may be the reason: ask again with it typed string."
    ),
    example='{"content":null,"finish_reason":"stop","usage":{"completion_tokens":57}}',
    sources=(
        "ollama/ollama#17284",
        "vllm-project/vllm#53431",
        "sgl-project/sglang#25362",
        "vllm-project/vllm#46127",
        "ml-explore/mlx-lm#1330",
        "ml-explore/mlx-lm#1310",
    ),
    indistinguishable=(
        "A parser that drops a call and a model that spends its tokens on hidden reasoning "
        "look alike when the server reports no reasoning."
    ),
    detect=detect,
    explains=frozenset({"forced-call-missing", "no-call"}),
    fault=Fault(simulate, "message"),
    examples=(
        answer(asked=[("f", {})], usage=Usage(9, 57)),
        answer(asked=[("f", {})], text="I can't.", usage=Usage(9, 57), found=False),
    ),
)
