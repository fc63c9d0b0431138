"""Two calls of one reply share an id."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="id-duplicate",
    group="G",
    title="Two calls of one reply share an id",
    severity="error",
    layer="wire",
    stage="pairing",
    usual="the model or server, which makes ids from counters",
    help=(
        "Results can't be told apart and most providers refuse the next turn. Give each call a "
        "fresh id before answering."
    ),
    example='{"tool_calls":[{"id":"call_1",...},{"id":"call_1",...}]}',
    sources=(
        "can1357/oh-my-pi#2055",
        "NousResearch/hermes-agent#67777",
        "charmbracelet/crush#3121",
    ),
)
