"""The name of a call comes in pieces."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="name-fragmented",
    group="F",
    title="The name of a call comes in pieces",
    severity="warn",
    layer="stream",
    stage="assemble",
    usual="the gateway",
    help=(
        "Clients that keep the first piece call an unknown tool: join the pieces until "
        "arguments begin."
    ),
    example='{"function":{"name":"edit_ex"}} ; {"function":{"name":"isting_file"}}',
    sources=("continuedev/continue#5849", "NVIDIA-NeMo/Switchyard#785"),
)
