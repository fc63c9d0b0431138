"""The last argument deltas were never sent."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="stream-tail-lost",
    group="F",
    title="The last argument deltas were never sent",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server's streaming parser",
    help=(
        "The same question without streaming is complete, or what came agrees with the right "
        "answer to the last byte. Turn streaming off, or speculative decoding, and update the "
        "server."
    ),
    example='..."id": 42   and then finish_reason tool_calls',
    sources=(
        "vllm-project/vllm#32152",
        "vllm-project/vllm#36360",
        "vllm-project/vllm#13459",
        "vllm-project/vllm#10781",
        "vllm-project/vllm#34101",
        "vllm-project/vllm#42167",
    ),
    indistinguishable=(
        "Without a known answer and without the plain reply it is reported as args-truncated."
    ),
    pairs=("args-truncated",),
)
