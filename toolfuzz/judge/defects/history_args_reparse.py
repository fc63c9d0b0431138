"""The server fails on its own earlier call when it is sent back."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="history-args-reparse",
    group="H",
    title="The server fails on its own earlier call when it is sent back",
    severity="error",
    layer="wire",
    stage="laws",
    usual="a server that parses replayed arguments for its template",
    help=(
        "Send back well-formed argument strings; replace broken ones with {} to keep the "
        "conversation alive, and report the server."
    ),
    example='turn 2: HTTP 500 "Failed to parse tool call arguments as JSON"',
    sources=("noonghunna/club-3090#1195", "vllm-project/vllm#50861", "mistralai/mistral-vibe#216"),
)
