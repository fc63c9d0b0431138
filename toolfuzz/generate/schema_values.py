"""Valid argument objects for any tool schema (Draft 2020-12, or the one it names), drawn cheaply.

A schema is read once into a plan, and values are drawn along it. Every value is checked by
jsonschema before it counts. Bounds and the odd strings that break tool calling are far more likely
than uniform chance would have them.
"""

import json
from functools import lru_cache

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.schema.budget import within
from toolfuzz.generate.schema.document import Document
from toolfuzz.generate.schema.draw import Drawing, NoValue
from toolfuzz.generate.schema.errors import Unsatisfiable
from toolfuzz.generate.schema.plan import Plan, blame
from toolfuzz.generate.schema.planner import Planner

__all__ = ["Unsatisfiable", "draw_value", "first_error", "left_out", "problem_of"]

MOST_SECONDS = 0.8
"""Of processor time: a schema that takes longer to be read and tried out is refused."""

_TRIES = 60
_LOOKS = 8
_TOO_DEEP = "refers to itself without end, or is nested too deeply to be checked"
_TOO_GREAT = "numbers that are too great or too small to be checked"


def draw_value(schema: JsonObject, pick: Pick) -> JsonObject:
    """Draw one argument object that validates. Raises Unsatisfiable."""
    planner = _planner(_text(schema))
    stuck: Plan = planner.root
    for _ in range(_TRIES):
        try:
            value: JsonObject = Drawing(planner, pick).from_plan(planner.root)
            if planner.document.first_error(value) is None:
                return value
        except NoValue as nothing:
            stuck = nothing.plan
        except RecursionError:
            raise Unsatisfiable("", _TOO_DEEP) from None
        except ArithmeticError:
            raise Unsatisfiable("", _TOO_GREAT) from None
    raise Unsatisfiable(stuck.pointer, f"no valid value in {_TRIES} attempts")


def problem_of(schema: JsonObject) -> Unsatisfiable | None:
    """Say why no argument object can be drawn, or None: they can."""
    try:
        with within(MOST_SECONDS):
            for n in range(3):
                draw_value(schema, Pick(words("try", n)))
    except Unsatisfiable as problem:
        return problem
    return None


def left_out(schema: JsonObject) -> list[Unsatisfiable]:
    """List the optional members of a usable schema that no value can be drawn for.

    They are left out of every value. What the schema itself forbids (``false``) is not listed.
    """
    return [blame(plan) for plan in _planner(_text(schema)).impossible_members()]


def first_error(schema: JsonObject, value: JsonObject) -> str | None:
    """Return the JSON path of an error of the value, by the schema's own draft; None: valid."""
    try:
        return _document(_text(schema)).first_error(value)
    except (Unsatisfiable, RecursionError, ArithmeticError):
        return "$"


def _text(schema: JsonObject) -> str:
    try:
        return json.dumps(schema)
    except RecursionError:
        raise Unsatisfiable("", _TOO_DEEP) from None


@lru_cache(maxsize=1024)
def _document(text: str) -> Document:
    return Document(json.loads(text))


@lru_cache(maxsize=1024)
def _planner(text: str) -> Planner:
    try:
        planner = Planner(_document(text))
    except RecursionError:
        raise Unsatisfiable("", _TOO_DEEP) from None
    except ArithmeticError:
        raise Unsatisfiable("", _TOO_GREAT) from None
    if fruitless := [plan for plan in planner.plans() if _gives_nothing(planner, plan)]:
        planner.drop(fruitless)
    if planner.root.height == float("inf"):
        raise blame(planner.root)
    return planner


def _gives_nothing(planner: Planner, plan: Plan) -> bool:
    """Whether nothing can be drawn here although every part of it can be."""
    if plan.height == float("inf"):
        return False
    for n in range(_LOOKS):
        try:
            Drawing(planner, Pick(words("look", n)), percent=0).from_plan(plan)
        except NoValue as nothing:
            if nothing.plan is plan:
                continue
        except (ArithmeticError, RecursionError):
            pass  # said when a whole value is drawn
        return False
    return True
