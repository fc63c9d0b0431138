"""Sent again what had already worked."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="resent-what-worked",
    group="I",
    tells_of="understanding",
    title="Sent again what had already worked",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Let the tool take a key that makes a second call harmless, or send what failed alone.",
    example="two of three notices were sent, one failed; all three are sent again",
)
