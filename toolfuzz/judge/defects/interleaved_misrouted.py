"""Fragments of parallel calls landed in the wrong call."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._streams import damaged
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.damage is not None and call.damage.kind == "swapped":
            return [damaged(DEFECT, call)]
    return ()


DEFECT = Defect(
    slug="interleaved-misrouted",
    group="F",
    title="Fragments of parallel calls landed in the wrong call",
    severity="error",
    layer="stream",
    stage="structure",
    usual="the gateway",
    help="Switch parallel calls or streaming off; report the gateway.",
    example="f and g opened, then the arguments of g come under the index of f",
    sources=("continuedev/continue#13223", "QwenLM/Qwen-Agent#943", "maximhq/bifrost#1829"),
    indistinguishable=(
        "Two whole calls of one tool with swapped arguments are right when no order was asked for."
    ),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
)
