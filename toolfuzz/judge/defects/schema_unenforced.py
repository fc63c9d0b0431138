"""A strict tool's schema was accepted, but not enforced."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="schema-unenforced",
    group="D",
    title="A strict tool's schema was accepted, but not enforced",
    severity="error",
    layer="schema",
    stage="values",
    usual="the server",
    help=(
        "Reported beside the defect that shows it. Don't rely on strict with this server: "
        "validate in the client."
    ),
    example='strict:true, yet {"state":"archived"} came',
    sources=(
        "ggml-org/llama.cpp#19051",
        "ai-dynamo/frontend-crates#209",
        "vllm-project/vllm#37064",
    ),
    pairs=(
        "missing-required",
        "args-empty-object",
        "unknown-param",
        "param-renamed",
        "optional-null",
        "optional-placeholder",
        "enum-case",
        "enum-violation",
        "enum-type-mismatch",
        "constraint-violation",
        "union-branch-invalid",
        "recursive-collapse",
        "object-emptied",
        "tuple-violated",
        "default-const-ignored",
        "schema-mutated",
        "schema-ref-invisible",
    ),
)
