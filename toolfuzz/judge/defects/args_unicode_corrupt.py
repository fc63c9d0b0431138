"""Characters were replaced or damaged."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-unicode-corrupt",
    group="A",
    title="Characters were replaced or damaged",
    severity="error",
    layer="arguments",
    stage="values",
    usual=(
        "a server or gateway that cuts UTF-8 or UTF-16 between chunks, or a model that spells "
        "\\uXXXX"
    ),
    help=(
        "Compare plain and streamed replies: damage only in streams means that bytes are "
        "decoded chunk by chunk. Damage in both comes from the model."
    ),
    example='{"name":"\\ufffd\\ufffd"}',
    sources=(
        "openclaw/openclaw#115536",
        "Yeachan-Heo/gajae-code#4352",
        "anthropics/claude-code#43485",
    ),
)
