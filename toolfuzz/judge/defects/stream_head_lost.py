"""The first argument bytes of a stream were lost."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="stream-head-lost",
    group="F",
    title="The first argument bytes of a stream were lost",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server's stream writer, when name and arguments share a delta",
    help=(
        "Turn streaming off and report the stream; nothing that a client does brings the bytes "
        "back for sure."
    ),
    example='\'code": "uptime"}\'',
    sources=("vllm-project/vllm#42683", "vllm-project/vllm#34887"),
)
