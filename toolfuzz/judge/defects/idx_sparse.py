"""Call indexes don't count up from 0 without holes."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="idx-sparse",
    group="F",
    title="Call indexes don't count up from 0 without holes",
    severity="warn",
    layer="stream",
    stage="assemble",
    usual="a gateway that passes content-block numbers on",
    help=(
        "Harmless to clients that use the index as a key; clients that use it as a list "
        "position crash."
    ),
    example='first tool-call delta: {"index":1,...}',
    sources=("vercel/ai#18333", "apache/maka#1967", "moeru-ai/xsai#218"),
)
