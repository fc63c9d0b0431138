"""The reply is wrapped or shaped differently from the wire format."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="envelope-nonstandard",
    group="G",
    title="The reply is wrapped or shaped differently from the wire format",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the gateway",
    help=(
        "Official clients find no choices or fail on a field's type. Update the gateway or "
        "unwrap the reply."
    ),
    example='{"success":true,"data":{"choices":[...]}}',
    sources=("cline/cline#13348",),
    problems=frozenset({"envelope", "call-type", "bad-field"}),
)
