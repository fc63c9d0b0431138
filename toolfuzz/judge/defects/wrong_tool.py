"""Another of the offered tools was called."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="wrong-tool",
    group="E",
    title="Another of the offered tools was called",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the model",
    help=(
        "Make names and descriptions of near-duplicate tools differ more, or offer fewer tools "
        "at once."
    ),
    example='asked for search_orders: {"function":{"name":"search_order_items"}}',
)
