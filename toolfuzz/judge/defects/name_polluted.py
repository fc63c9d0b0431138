"""The tool name carries special tokens, markup or spaces."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="name-polluted",
    group="E",
    title="The tool name carries special tokens, markup or spaces",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server's parser",
    help=(
        "Clients look names up exactly, so the call fails. Update the server's parser; until "
        "then trim names at the first '<' and at spaces."
    ),
    example='{"name":"query_dataset<|channel|>commentary"}',
    sources=(
        "vllm-project/vllm#32587",
        "code-yeongyu/oh-my-openagent#1595",
        "amd/gaia#3742",
        "zai-org/GLM-5#84",
    ),
)
