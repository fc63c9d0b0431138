"""The reply runs on in blanks or a repeated piece until the token limit."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="runaway-generation",
    group="E",
    title="The reply runs on in blanks or a repeated piece until the token limit",
    severity="error",
    layer="structure",
    stage="assemble",
    usual="grammar-constrained decoding on a model with another native format",
    help=(
        "Avoid tool_choice required on this server and model, or bound the grammar's white "
        "space; set a low max_tokens as a guard."
    ),
    example='{"finish_reason":"length","arguments":"{\\"a\\":1                    ..."}',
    sources=("sgl-project/sglang#13514", "jundot/omlx#2990", "guidance-ai/llguidance#267"),
)
