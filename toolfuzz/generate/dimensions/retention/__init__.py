"""``retention``: the decision ledger. What was decided early is needed late, and not said again."""

from toolfuzz.generate.dimensions.retention.agents import ignore, solve
from toolfuzz.generate.dimensions.retention.texts import WORDINGS, read, render
from toolfuzz.generate.dimensions.retention.world import draw
from toolfuzz.worlds.family import Family

FAMILY = Family(
    name="retention",
    title="Long-session retention",
    summary="know a decision of long ago, also when it was changed or withdrawn since",
    knobs="turns between the decision and the need; with them longer results, live decisions, "
    "similar names and similar codes",
    levels=(2, 200),
    usual=12,
    findings=(
        "decision-superseded",
        "decision-near-miss",
        "decision-invented",
        "decision-asked-again",
        "goal-not-reached",
    ),
    wordings=WORDINGS,
    draw=draw,
    render=render,
    read=read,
    solve=solve,
    ignore=ignore,
    twin="what was decided is said again one turn before it is needed",
    adaptive_most=16,
)
