"""A tool that reaches the model under another name."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-tool-renamed",
    group="J",
    tells_of="serialization",
    title="A tool reaches the model under another name",
    severity="warn",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Prompts that name the tool no longer fit; rename only what the upstream refuses.",
    example="__proto__ became a__proto__",
)
