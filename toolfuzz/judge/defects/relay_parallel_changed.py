"""The flag for parallel calls is another upstream."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-parallel-changed",
    group="J",
    tells_of="serialization",
    title="The flag for parallel calls is another upstream",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Don't rely on one call a reply behind this gateway.",
    example="disable_parallel_tool_use lost",
)
