"""Valid argument objects for any tool schema (Draft 2020-12, or draft 7), drawn cheaply.

A value costs one Hypothesis draw (a seed); the rest is plain code along a plan of the schema that
is made once. Every value is checked by jsonschema before it counts. Bounds and the odd strings
that break tool calling are far more likely than uniform chance would have them.
"""

import json
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from toolfuzz.core.case import JsonObject, Tool
from toolfuzz.generate.schema.document import Document
from toolfuzz.generate.schema.draw import Dead, Drawing
from toolfuzz.generate.schema.errors import Unsatisfiable
from toolfuzz.generate.schema.plan import Plan, blame
from toolfuzz.generate.schema.planner import Planner
from toolfuzz.generate.tools.toolset import Skipped

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Unsatisfiable", "check_tool", "dead_members", "draw_value", "values"]

_TRIES = 60
_LOOKS = 8
_TOO_DEEP = "refers to itself without end, or is nested too deeply to be checked"
_TOO_GREAT = "numbers that are too great or too small to be checked"


def values(schema: JsonObject) -> "SearchStrategy[JsonObject]":
    """Return a strategy of argument objects that validate; raises Unsatisfiable."""
    from hypothesis import strategies as st

    planner = _planner(_text(schema))
    return st.binary(min_size=8, max_size=8).map(lambda seed: _draw(planner, Random(seed)))


def draw_value(schema: JsonObject, seed: int | bytes) -> JsonObject:
    """Draw one argument object; the same seed gives the same value. Raises Unsatisfiable."""
    return _draw(_planner(_text(schema)), Random(seed))


def check_tool(tool: Tool) -> Skipped | None:
    """Say why no value of the tool's parameters can be drawn, or None: they can."""
    try:
        for seed in range(3):
            draw_value(tool.parameters, seed)
    except Unsatisfiable as problem:
        return Skipped(tool.name, problem.pointer, problem.reason)
    return None


def dead_members(tool: Tool) -> list[Skipped]:
    """List the optional parameters of a usable tool that no value can be drawn for.

    They are left out of every call. What the schema itself forbids (``false``) is not listed.
    """
    found = [blame(plan) for plan in _planner(_text(tool.parameters)).dead_members()]
    return [Skipped(tool.name, p.pointer, f"left out of every call: {p.reason}") for p in found]


def _text(schema: JsonObject) -> str:
    try:
        return json.dumps(schema)
    except RecursionError:
        raise Unsatisfiable("", _TOO_DEEP) from None


@lru_cache(maxsize=1024)
def _planner(text: str) -> Planner:
    try:
        planner = Planner(Document(json.loads(text)))
    except RecursionError:
        raise Unsatisfiable("", _TOO_DEEP) from None
    except ArithmeticError:
        raise Unsatisfiable("", _TOO_GREAT) from None
    if barren := [plan for plan in planner.plans() if _is_barren(planner, plan)]:
        planner.drop(barren)
    if planner.root.height == float("inf"):
        raise blame(planner.root)
    return planner


def _is_barren(planner: Planner, plan: Plan) -> bool:
    """Whether nothing can be drawn here although every part of it can be."""
    if plan.height == float("inf"):
        return False
    for seed in range(_LOOKS):
        try:
            Drawing(planner, Random(seed)).from_plan(plan)
        except Dead as dead:
            if dead.plan is plan:
                continue
        except (ArithmeticError, RecursionError):
            pass  # said when a whole value is drawn
        return False
    return True


def _draw(planner: Planner, random: Random) -> JsonObject:
    stuck: Plan = planner.root
    for _ in range(_TRIES):
        try:
            value: JsonObject = Drawing(planner, random).from_plan(planner.root)
            if planner.document.validator.is_valid(value):
                return value
        except Dead as dead:
            stuck = dead.plan
        except RecursionError:
            raise Unsatisfiable("", _TOO_DEEP) from None
        except ArithmeticError:
            raise Unsatisfiable("", _TOO_GREAT) from None
    raise Unsatisfiable(stuck.pointer, f"no valid value in {_TRIES} attempts")
