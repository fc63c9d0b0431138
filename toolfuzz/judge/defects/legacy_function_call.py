"""The call came in the deprecated function_call field."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.legacy:
        return ()
    return [DEFECT.finding("the call stands in function_call", call=0)]


DEFECT = Defect(
    slug="legacy-function-call",
    group="E",
    title="The call came in the deprecated function_call field",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the gateway",
    help="Current clients don't look there. Update the gateway or map function_call to tool_calls.",
    example='{"message":{"function_call":{"name":"f","arguments":"{}"}}}',
    sources=("anomalyco/opencode#25971",),
    detect=detect,
    explains=frozenset({"finish-stop-with-calls", "id-duplicate", "id-empty", "id-format"}),
)
