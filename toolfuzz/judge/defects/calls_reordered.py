"""The calls came in another order than the one asked for."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.turn.expect.order != "given" or list(facts.order) == sorted(facts.order):
        return ()
    return [DEFECT.finding(f"the calls came in the order {facts.order[:20]}")]


DEFECT = Defect(
    slug="calls-reordered",
    group="E",
    tells_of="understanding",
    title="The calls came in another order than the one asked for",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the model",
    help="Run calls whose order matters in separate turns.",
    example=(
        'asked for f, then g: {"tool_calls":[{"function":{"name":"g"}},{"function":{"name":"f"}}]}'
    ),
    indistinguishable="Two calls of one tool whose arguments a gateway swapped look the same.",
    detect=detect,
    examples=(
        answer(
            called("f", '{"a":2}'),
            called("f", '{"a":1}', id="call_2"),
            asked=[("f", {"a": 1}), ("f", {"a": 2})],
            order="given",
        ),
        answer(
            called("f", '{"a":2}'),
            called("f", '{"a":1}', id="call_2"),
            asked=[("f", {"a": 1}), ("f", {"a": 2})],
            found=False,
        ),
    ),
)
