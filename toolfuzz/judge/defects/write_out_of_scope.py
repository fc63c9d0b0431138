"""Changed something that nobody had asked to change."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="write-out-of-scope",
    group="I",
    tells_of="understanding",
    title="Changed something that nobody had asked to change",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Say in the request what may be changed; where a change can't be taken back, have the host "
        "ask before it."
    ),
    example=(
        'asked to set `owner` of two servers; update_server(id="…", city="Lisbon") corrects a '
        "third one"
    ),
)
