"""A wrong value is sent back as the model's own and repeats for ever."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="corruption-replayed",
    group="H",
    title="A wrong value is sent back as the model's own and repeats for ever",
    severity="error",
    layer="values",
    stage="values",
    usual="the server or gateway",
    help=(
        "A retry can't cure it: fix the layer that changes the value, or send the value as a "
        "string."
    ),
    example="9007199254740993 becomes 9007199254740992 in every turn",
    sources=("earendil-works/pi#8943", "ardanlabs/kronk#796", "sgl-project/sglang#30644"),
    pairs=("integer-precision-loss", "whitespace-stripped", "value-emptied"),
    scope="multi-turn",
)
