"""Earlier calls reach the model otherwise than they were made."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-history-changed",
    group="J",
    tells_of="serialization",
    title="Earlier calls reach the model otherwise than they were made",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Conversations go wrong from the second turn: compare the histories in the report.",
    example='arguments {} in the place of {"city": "Paris"}',
)
