"""The calls came in another order than the one asked for."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="calls-reordered",
    group="E",
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
)
