"""A rule was given and broken."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="rule-broken",
    group="I",
    tells_of="understanding",
    title="A rule was given and broken",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Read the rule in the message, and compare with the control twin, where it stands beside "
        "what it is about. Where only the twin passes, repeat rules near the calls they concern."
    ),
    example='send_by_van(…) after "Orders of area "mill" are never sent with send_by_van."',
)
