"""No call came although one was asked for."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="no-call",
    group="E",
    title="No call came although one was asked for",
    severity="error",
    layer="structure",
    stage="structure",
    usual="a server that ignores tool_choice, or the model",
    help=(
        "Compare tool_choice auto, required and named. When required is ignored as well, the "
        "server doesn't enforce it: use another parser or server version. Otherwise shorten "
        "the prompt and the tool descriptions."
    ),
    example='{"content":"It is sunny in Paris.","finish_reason":"stop"}',
    sources=("vllm-project/vllm#49712", "lablup/mlxcel#1319", "lablup/mlxcel#1581"),
)
