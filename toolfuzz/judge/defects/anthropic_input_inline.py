"""A tool_use block carries its input where the format has none."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="anthropic-input-inline",
    group="F",
    title="A tool_use block carries its input where the format has none",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="a gateway that imitates Anthropic's stream",
    help=(
        "Anthropic's SDKs read streamed input from input_json_delta only and see {} here. "
        "Update the gateway or turn streaming off."
    ),
    example='content_block_start {"type":"tool_use","input":{"a":1}} and no input_json_delta',
    sources=("inflaborg/ccrelay#119",),
)
