"""The call came as text in the message content."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="call-in-content",
    group="E",
    title="The call came as text in the message content",
    severity="error",
    layer="structure",
    stage="structure",
    usual="a server without the model's tool parser, or with the wrong one",
    help=(
        "Start the server with the tool parser made for this model (for example "
        "--tool-call-parser). If it is set, the parser failed on this text: report the text."
    ),
    example='{"content":"<tool_call>get_weather\\n<arg_key>city</arg_key>..."}',
    sources=(
        "sgl-project/sglang#37925",
        "sgl-project/sglang#19925",
        "vllm-project/vllm#31207",
        "vllm-project/vllm#40911",
        "mudler/LocalAI#10346",
        "cline/cline#13348",
        "sgl-project/sglang#35736",
        "lsdefine/GenericAgent#804",
    ),
)
