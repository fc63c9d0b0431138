"""A further call came that nobody asked for."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="calls-extra",
    group="E",
    title="A further call came that nobody asked for",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the model",
    help=(
        "Set parallel_tool_calls to false when one call is wanted, and check the arguments "
        "before running calls with side effects."
    ),
    example=(
        'asked for 1 call: {"tool_calls":[{"function":{"name":"f"}},{"function":{"name":"g"}}]}'
    ),
)
