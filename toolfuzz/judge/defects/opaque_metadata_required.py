"""The provider wants its own metadata back with the call."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="opaque-metadata-required",
    group="H",
    title="The provider wants its own metadata back with the call",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the provider, such as Gemini with its thought_signature",
    help="Send the assistant message back with every field it came with, unknown ones too.",
    example='turn 2: HTTP 400 "Function call is missing a thought_signature"',
    sources=("RooCodeInc/Roo-Code#9499", "langgenius/dify-official-plugins#2088"),
)
