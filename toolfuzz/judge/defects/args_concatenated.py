"""Several JSON objects stand in one argument string."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-concatenated",
    group="A",
    title="Several JSON objects stand in one argument string",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server's parser, gateway, or the client's own assembly",
    help=(
        "Equal objects were sent twice; different ones belong to several calls. Ask with "
        "parallel_tool_calls off and compare plain with streamed replies."
    ),
    example='"arguments":"{\\"a\\":1}{\\"a\\":1}"',
    sources=(
        "sgl-project/sglang#15405",
        "sgl-project/sglang#16371",
        "BerriAI/litellm#20543",
        "BerriAI/litellm#20742",
        "anomalyco/opencode#33064",
        "edison7009/EchoBird#187",
    ),
    indistinguishable=(
        "{}{} is one empty object sent twice or two calls without arguments: the number of "
        "calls asked for decides."
    ),
    pairs=("parallel-merged", "args-cumulative", "call-dropped", "calls-missing"),
)
