"""A further call came that nobody asked for."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._pairs import extra
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    # An invented tool beside all right calls was noted by its name.
    return [extra(DEFECT, facts)] if any(pair.tool for pair in facts.extra) else ()


DEFECT = Defect(
    slug="calls-extra",
    group="E",
    tells_of="understanding",
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
    detect=detect,
    examples=(
        answer(
            called("f", '{"a":1}'),
            called("f", '{"a":2}', id="call_2"),
            asked=[("f", {"a": 1})],
        ),
        answer(called("f", '{"a":1}'), asked=[("f", {"a": 1})], found=False),
    ),
)
