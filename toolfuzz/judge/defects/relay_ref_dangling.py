"""A reference of a schema leads nowhere upstream."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-ref-dangling",
    group="J",
    tells_of="serialization",
    title="A reference of a schema leads nowhere upstream",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Inline references before you send them, or update the gateway.",
    example="$ref #/$defs/Node kept, $defs dropped",
)
