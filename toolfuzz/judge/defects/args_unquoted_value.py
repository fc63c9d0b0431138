"""A string stands without its quotes, or without the first one."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-unquoted-value",
    group="A",
    title="A string stands without its quotes, or without the first one",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server's streaming parser, which takes the parameter for a number",
    help=(
        "Typical for nullable strings and enums without type. Give such parameters a plain "
        "type string, or update the parser."
    ),
    example='"arguments":"{\\"direction\\":both}"',
    sources=(
        "anomalyco/opencode#8102",
        "vllm-project/vllm-ascend#12261",
        "vllm-project/vllm#40195",
        "vllm-project/vllm#40197",
        "anthropics/claude-code#87251",
    ),
)
