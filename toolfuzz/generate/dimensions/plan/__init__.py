"""``plan``: the token foundry. Nobody says in which order its tools are to be called.

It follows from what each tool needs, as its description tells.
"""

from toolfuzz.generate.dimensions.plan.agents import ignore, solve
from toolfuzz.generate.dimensions.plan.texts import WORDINGS, read, render
from toolfuzz.generate.dimensions.plan.world import draw
from toolfuzz.worlds.family import Family

FAMILY = Family(
    name="plan",
    title="Plan ability",
    summary="work out the order of calls from what each tool needs",
    knobs="tools on the way: chains, diamonds, loops over lists of unknown length and in pages; "
    "with them decoys and noise in results; at times a plan has to be submitted first",
    levels=(3, 20),
    usual=7,
    findings=(
        "call-before-known",
        "input-invented",
        "call-needless",
        "loop-cut-short",
        "plan-not-followed",
        "goal-not-reached",
    ),
    wordings=WORDINGS,
    twin="the same tools and the same order of work, with the plan given as a list",
    draw=draw,
    render=render,
    read=read,
    solve=solve,
    ignore=ignore,
)
