"""``correction``: records are set up in pieces, and a user corrects until what he said holds.

What he says leaves out what can be known: a value that stands in another record, or one that he
gave before. The scripted user holds the records against it when the model is done.
"""

from toolfuzz.generate.dimensions.correction.agents import ignore, solve
from toolfuzz.generate.dimensions.correction.texts import OPENINGS, read, render
from toolfuzz.generate.dimensions.correction.world import draw
from toolfuzz.worlds.family import Family

FAMILY = Family(
    name="correction",
    title="User correction cost",
    summary="get right at first what a user says bit by bit, so that nobody has to correct it",
    twin="the same changes in the same messages, with every value spelled out",
    knobs="things said one after the other: values by reference, exchanges, all that was said",
    levels=(2, 12),
    usual=5,
    findings=(
        "correction-needed",
        "correction-not-taken",
        "correction-regressed",
        "goal-not-reached",
    ),
    wordings=len(OPENINGS),
    draw=draw,
    render=render,
    read=read,
    solve=solve,
    ignore=ignore,
)
