"""Another of the offered tools was called."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, tool
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    for pair in facts.strays:
        if pair.tool is not None and pair.expected is not None:
            asked, called = pair.expected.tool, pair.tool.name
            message = f"{called!r} was called, {asked!r} was asked for"
            return [DEFECT.finding(message, call=pair.index, expected=asked, actual=called)]
    return ()


DEFECT = Defect(
    slug="wrong-tool",
    group="E",
    tells_of="understanding",
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
    detect=detect,
    examples=(
        answer(called("g"), asked=[("f", {})], tools=(tool("g"),)),
        answer(called("f"), asked=[("f", {})], tools=(tool("g"),), found=False),
    ),
)
