"""``recovery``: the fault algebra. Calls fail in many ways; what helps is told exactly.

The level is how many faults there are, and with it how clear, how often and how final they are.
The twin is the same world without any.
"""

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.dimensions.lines import read_lines
from toolfuzz.generate.dimensions.recovery.agents import ignore, solve
from toolfuzz.generate.dimensions.recovery.faults import draw_faults
from toolfuzz.generate.dimensions.recovery.wordings import WORDINGS
from toolfuzz.generate.dimensions.recovery.world import render, with_faults
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.family import Drawn, Family
from toolfuzz.worlds.view import View


def _draw(pick: Pick, level: int, seed: str) -> tuple[Drawn, Drawn]:
    count = 2 + level // 2
    return with_faults(pick, level, seed, draw_faults(pick, level, count), count)


def _read(view: View) -> JsonObject | None:
    return read_lines(WORDINGS, view)


FAMILY = Family(
    name="recovery",
    title="Error recovery",
    summary="repair what went wrong, and only that; say what could not be done",
    knobs="faults: how many, how clearly told, how often in a row, and whether anything helps",
    levels=(1, 8),
    usual=4,
    findings=(
        "error-repeated",
        "gave-up",
        "repair-drifted",
        "resent-what-worked",
        "success-claimed",
        "went-on-after-done",
        "goal-not-reached",
    ),
    wordings=len(WORDINGS),
    draw=_draw,
    render=render,
    read=_read,
    solve=solve,
    ignore=ignore,
    twin="no call fails",
)
