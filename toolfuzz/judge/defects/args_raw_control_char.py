"""Raw newlines or tabs inside a JSON string."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-raw-control-char",
    group="A",
    title="Raw newlines or tabs inside a JSON string",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model, or a server that pastes text unescaped",
    help=(
        "The text can be read with a lenient reader (Python: strict=False). Report it to the "
        "server when multi-line values always fail."
    ),
    example='"arguments":"{\\"text\\":\\"line1<LF>line2\\"}"',
    sources=("earendil-works/pi#2681", "earendil-works/pi#3637", "langchain-ai/langchainjs#5160"),
)
