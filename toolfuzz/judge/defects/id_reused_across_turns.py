"""An id of an earlier turn is given out again."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="id-reused-across-turns",
    group="H",
    title="An id of an earlier turn is given out again",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the model or server, whose counters restart",
    help="Make ids unique before they enter the history.",
    example="call_0 in turn 1 and in turn 2",
    sources=(
        "NousResearch/hermes-agent#111443",
        "NousResearch/hermes-agent#11722",
        "can1357/oh-my-pi#2055",
    ),
    scope="multi-turn",
)
