"""arguments is JSON, but no object."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-non-object",
    group="A",
    title="arguments is JSON, but no object",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model or server",
    help=(
        "Arguments must be one object, also when a tool takes a single value. Reject the call "
        "and ask again; check the tool's parameters for a schema without type object."
    ),
    example='"arguments":"[1,2,3]"',
    sources=("langchain-ai/langchain#36052", "vllm-project/vllm#50861"),
)
