"""The id that the server gave is not the id that it accepts."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="id-rewritten",
    group="H",
    title="The id that the server gave is not the id that it accepts",
    severity="error",
    layer="wire",
    stage="laws",
    usual="a gateway between two wire formats",
    help="Use the wire format that the provider speaks itself, or map call_id and id.",
    example='turn 2: HTTP 400 "No tool call found for function call output with call_id call_x"',
    sources=("NousResearch/hermes-agent#58179", "vybestack/llxprt-code#713"),
)
