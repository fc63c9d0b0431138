"""A string that looks like a number or boolean arrives as one."""

from random import Random
from typing import Any

from toolfuzz.core.json import JsonError, parse
from toolfuzz.core.jsonvalue import a_kind, token
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import loaded_text
from toolfuzz.judge.spelled import NULLS

_TRUE = frozenset({"true", "1", "yes", "on", "y", "t"})
_FALSE = frozenset({"false", "0", "no", "off", "n", "f"})


def explain(fact: Retyped) -> str | None:
    """Look for a scalar that the right text reads as, or for any where a string belongs."""
    came, right = fact.came, fact.expected
    if isinstance(came, dict | list) or "string" not in fact.wanted:
        return None
    if not isinstance(right, str):
        return None if came is None else f"{a_kind(came)} where a string belongs"
    word = right.strip().casefold()
    if came is None:
        return f"the text {right!r} became null" if word in NULLS else None
    if isinstance(came, bool):
        alike = word in (_TRUE if came else _FALSE)
        return f"the text {right!r} became a boolean" if alike else None
    if not _reads_as(right, came):
        return None
    lost = ", and its spelling is lost" if token(came) != right else ""
    return f"the text {right[:40]!r} became a number{lost}"


def _reads_as(text: str, number: int | float) -> bool:
    """Whether a text, read as a number in any usual way, is this number."""
    plain = text.strip()
    if len(plain) > 400:
        return False
    readers = (
        lambda t: parse(t).value, lambda t: int(t, 10), float, lambda t: int(t, 0),
    )  # fmt: skip
    for reader in readers:
        try:
            if reader(plain) == number:
                return True
        except (ValueError, JsonError, OverflowError):
            continue
    return False


_SCHEMA = {"type": "string"}


def simulate(place: Spot, rng: Random) -> Any:
    """A string that looks like a number, boolean or null becomes one."""
    value = loaded_text(place.value)
    nulled = value is None and "null" in place.types
    return KEEP if isinstance(value, dict | list | str) or value is KEEP or nulled else value


DEFECT = Defect(
    slug="string-as-scalar",
    group="B",
    tells_of="serialization",
    title="A string that looks like a number or boolean arrives as one",
    severity="error",
    layer="values",
    stage="values",
    usual="a parser that guesses types",
    help=(
        "Leading zeros and long ids are lost for good. Report it; give the parameter a plain "
        "type string without union."
    ),
    example='{"zip":2134}',
    sources=("lablup/mlxcel#1336", "QwenLM/qwen-code#4793", "vllm-project/vllm#40195"),
    explain={Retyped: explain},
    outranks=before("string-as-scalar"),
    fault=changes(simulate),
    examples=(
        value("2134", "02134", _SCHEMA),
        value("true", "true", _SCHEMA),
        value("2134", 2134, {"type": "integer"}, found=False),
    ),
)
