"""Every delta of a call repeats the full name."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="name-repeated",
    group="F",
    title="Every delta of a call repeats the full name",
    severity="warn",
    layer="stream",
    stage="assemble",
    usual="the server or gateway",
    help="Clients that append names make 'ff' of 'f': keep the first one.",
    example=(
        '{"index":0,"function":{"name":"f","arguments":"{"}} ; '
        '{"index":0,"function":{"name":"f","arguments":"}"}}'
    ),
    sources=("continuedev/continue#5849", "vllm-project/vllm#32587", "fuzhengwei/WaLiAPI#53"),
)
