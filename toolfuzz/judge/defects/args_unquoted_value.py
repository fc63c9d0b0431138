"""A string stands without its quotes, or without the first one."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.texts import Mended


def explain(fact: Mended) -> str | None:
    """Look for text that loads once its barewords are quoted."""
    return "a string without (both) its quotes" if fact.how == "quotes" else None


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
    explain={Mended: explain},
    examples=(
        arguments('{"id": 8c1f-77, "n": 1}', asked={"id": "8c1f-77", "n": 1}),
        arguments('{"id": "8c1f-77", "n": 1}', asked={"id": "8c1f-77", "n": 1}, found=False),
    ),
)
