"""The argument text stops before its object is closed."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-truncated",
    group="A",
    title="The argument text stops before its object is closed",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server's streaming parser, the model, or a token limit",
    help=(
        "With finish_reason length, raise max_tokens (then it is only a note). Otherwise "
        "compare the plain reply: if that is whole, the stream's parser lost the end."
    ),
    example='"arguments":"{\\"query\\":\\"Geoffrey"',
    sources=(
        "anomalyco/opencode#13900",
        "zai-org/GLM-5#15",
        "sgl-project/sglang#19345",
        "BerriAI/litellm#22503",
        "earendil-works/pi#8501",
        "jaseci-labs/jac#6766",
    ),
    indistinguishable=(
        "From one reply alone, a model that stopped and a parser that lost the end look alike."
    ),
    pairs=("stream-tail-lost", "finish-length-masked"),
)
