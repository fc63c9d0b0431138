"""An integer is spelled with a fraction or exponent."""

from random import Random
from typing import Any

from toolfuzz.core.case import Json
from toolfuzz.core.jsonvalue import token
from toolfuzz.judge.defect import Defect, Said
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Respelled, Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import is_int, is_tied
from toolfuzz.judge.shapes import Place


def explain(fact: Respelled) -> Said | None:
    """Look for a fraction or an exponent where an integer belongs."""
    spelled = token(fact.came)
    if not isinstance(fact.came, float) or spelled.startswith("-0"):
        return None
    if not wants_integer(fact.place, fact.expected):
        return None
    # Draft 4 and older call 5.0 no integer: there it is no matter of spelling.
    weight = None if fact.place.admits(fact.came) else "error"
    return Said(f"the integer is spelled {spelled[:40]}", "warn" if weight is None else "error")


def explain_type(fact: Retyped) -> Said | None:
    """Look for the same where the schema's draft refuses it."""
    came = fact.came
    if "integer" not in fact.wanted or not isinstance(came, float) or not came.is_integer():
        return None
    said = f"the integer is spelled {token(came)[:40]}, which its draft of JSON Schema refuses"
    return Said(said, "error")


def wants_integer(place: Place, right: Json) -> bool:
    """Whether an integer belongs here: by the schema's types, or by the right value."""
    named = [
        kind
        for kinds in place.gather("type")
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    ]
    return "integer" in named if named else isinstance(right, int)


_SCHEMA = {"type": "integer"}


_EXACT = 2**53


def simulate(place: Spot, rng: Random) -> Any:
    """An integer is written as 3.0."""
    fits = is_int(place.value) and abs(place.value) < _EXACT and "number" not in place.types
    return float(place.value) if fits and not is_tied(place) else KEEP


DEFECT = Defect(
    slug="integer-as-float",
    group="B",
    tells_of="serialization",
    title="An integer is spelled with a fraction or exponent",
    severity="warn",
    layer="values",
    stage="values",
    usual="the model or parser",
    help=(
        "Valid JSON Schema, but typed clients (Rust, Go) refuse it. Accept integral floats in "
        "the tool."
    ),
    example='{"timeout_ms":120000.0}',
    sources=(
        "lidge-jun/opencodex#1611",
        "digitallyinduced/haskell-agent#1191",
        "lablup/mlxcel#1336",
    ),
    pairs=("number-lexical-drift",),
    explain={Respelled: explain, Retyped: explain_type},
    outranks=before("integer-as-float") | {"number-lexical-drift"},
    fault=changes(simulate),
    examples=(
        value("120000.0", 120000, _SCHEMA),
        value("3.0", 3, {"type": "number"}, found=False),
        value("120000", 120000, _SCHEMA, found=False),
    ),
)
