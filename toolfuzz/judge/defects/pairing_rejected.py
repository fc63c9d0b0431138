"""The server refuses a correct pairing of calls and results."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="pairing-rejected",
    group="H",
    title="The server refuses a correct pairing of calls and results",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the provider or gateway",
    help=(
        "Check that each call of the turn is answered once, in order; if it is, the gateway "
        "lost one: report it."
    ),
    example='turn 2: HTTP 400 "tool_use ids were found without tool_result blocks"',
    sources=(
        "agentforce314/clawcodex#394",
        "weave-os/router#855",
        "microsoft/vscode#299295",
        "theopenco/llmgateway#2789",
    ),
)
