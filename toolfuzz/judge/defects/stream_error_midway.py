"""An error arrives inside a stream that began with status 200."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="stream-error-midway",
    group="F",
    title="An error arrives inside a stream that began with status 200",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the gateway's or server's parser",
    help=(
        "Clients that look only at the status take the part for the whole. Read the error's "
        "text; retry."
    ),
    example='event: error / data: {"error":{"message":"..."}}',
    sources=(
        "anomalyco/opencode#1018",
        "vllm-project/vllm#39574",
        "CommandCodeAI/command-code#785",
    ),
    pairs=("provider-refused-call",),
)
