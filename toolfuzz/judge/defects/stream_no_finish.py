"""The stream ends without a finish reason or end marker."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="stream-no-finish",
    group="F",
    title="The stream ends without a finish reason or end marker",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server or gateway",
    help=(
        "Never run a call from such a stream unless its arguments are complete. A warning when "
        "they are."
    ),
    example="last chunk finish_reason null, then the connection closes",
    sources=(
        "earendil-works/pi#6226",
        "CommandCodeAI/command-code#785",
        "openclaw/openclaw#98575",
        "OpenRouterTeam/ai-sdk-provider#558",
        "NousResearch/hermes-agent#81017",
    ),
    indistinguishable="A server that dies and one that forgets its last events look alike.",
)
