"""What the schema alone proves against a value: jsonschema's errors, told apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from toolfuzz.core.case import Json
from toolfuzz.core.jsonvalue import kind_of
from toolfuzz.core.validation import errors
from toolfuzz.judge.shapes import Place

__all__ = ["Fault", "closest_members", "fault_here", "fault_of", "is_filler", "proven"]

_ORDER = ("null", "boolean", "integer", "number", "array", "object", "string")
_EMPTY: tuple[Json, ...] = ("", 0, [], {}, False, "null", "None")
_LONGEST_MEMBER = 10_000
"""Characters of a text that may be meant for an enum's member."""
_PUNCTUATION = str.maketrans("", "", "-_ ")

About = Literal["type", "enum", "const", "union", "missing", "unknown", "tuple", "constraint"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What the schema proves: the kind of keyword that is broken, and a sentence about it.

    ``wanted`` are the type names that would be right, when the value's type is (also) wrong;
    ``value`` is what the keyword demands (an enum's members, a constant).
    """

    about: About
    message: str
    wanted: tuple[str, ...] = ()
    value: Json = None


def fault_here(place: Place, came: Json) -> Fault | None:
    """Return what the schema at the place proves against the value itself (not its inside)."""
    for error in errors(place.root, came, place.schema):
        in_tuple = "prefixItems" in error.schema_path and len(error.absolute_path) == 1
        if not error.absolute_path or in_tuple:
            return fault_of(error, place)
    return None


def fault_of(error: Any, place: Place) -> Fault:
    """Translate a jsonschema error at a place."""
    match error.validator:
        case "type":
            return _type(_named(error.validator_value), error.instance)
        case "enum":
            return _enum(error.validator_value, error.instance)
        case "const":
            kinds = kind_of(error.validator_value), kind_of(error.instance)
            wanted = kinds[:1] if kinds[0] != kinds[1] else ()
            said = "another value than the constant"
            return Fault("const", said, wanted, error.validator_value)
        case "anyOf" | "oneOf":
            return _union(error, place)
        case "required" | "dependentRequired":
            return Fault("missing", error.message[:200])
        case "additionalProperties" | "unevaluatedProperties":
            return Fault("unknown", error.message[:200])
        case "items" | "additionalItems" | "minItems" | "maxItems" if place.is_tuple:
            return Fault("tuple", "the tuple has another length")
        case None:
            return Fault("constraint", "the schema admits nothing here")
        case keyword:
            return Fault("constraint", f"{keyword}: {_limit(error)}")


def closest_members(members: Iterable[Json], came: Json) -> list[Json]:
    """Return the enum's members that equal the value but for case, ``-``, ``_`` and spaces."""
    if not isinstance(came, str) or len(came) > _LONGEST_MEMBER:
        return []
    bare = _bare(came)
    return [m for m in members if isinstance(m, str) and m != came and _bare(m) == bare]


def is_filler(value: Json) -> bool:
    """Whether the value looks like a form field that was left blank."""
    blank = isinstance(value, str) and not value.strip()
    return blank or any(value == empty and type(value) is type(empty) for empty in _EMPTY)


def proven(place: Place, value: Json) -> list[Any]:
    """Return jsonschema's errors of a whole value, parents first.

    An error of a nullable union is replaced by those of its one real branch, so that they point
    at what is wrong inside.
    """
    found = [e for error in errors(place.root, value, place.schema) for e in _inner(error)]
    return sorted(found, key=lambda e: len(e.absolute_path))


def _type(wanted: list[str], came: Json) -> Fault:
    kinds = " or ".join(wanted) or "another type"
    said = f"{kinds} wanted, {kind_of(came)} came"
    return Fault("type", said, tuple(sorted(wanted, key=_ORDER.index)))


def _enum(members: Json, came: Json) -> Fault:
    known = members if isinstance(members, list) else []
    kinds = {kind_of(member) for member in known}
    # A string in an enum without strings is first of all a value of another type.
    wanted = kinds if isinstance(came, str) and "string" not in kinds else set()
    said = f"not one of the enum's {len(known)} members"
    return Fault("enum", said, tuple(sorted(wanted, key=_ORDER.index)), known)


def _union(error: Any, place: Place) -> Fault:
    """Say why no branch of a union fits (or, for oneOf, why more than one does)."""
    branches = _branches(error)
    if not branches:
        return Fault("union", "more than one branch of the union fits")
    if error.instance is None and len(branches) > 1:
        return Fault("type", "null where the union admits none")
    real = [inner for inner in branches.values() if not _is_null_branch(inner)]
    if real and all(_type_errors(inner) for inner in real):
        return _type([kind for inner in real for kind in _type_errors(inner)], error.instance)
    if len(real) == 1:
        return fault_of(real[0][0], place)
    if not isinstance(error.instance, dict | list):
        enums = [e for inner in real for e in inner if e.validator == "enum" and not e.path]
        if enums:
            return fault_of(enums[0], place)
    return Fault("union", f"none of the {len(branches)} branches fits")


def _inner(error: Any) -> list[Any]:
    if error.validator not in ("anyOf", "oneOf") or error.instance is None:
        return [error]
    real = [e for e in _branches(error).values() if not _is_null_branch(e)]
    if len(real) != 1 or _type_errors(real[0]):
        return [error]
    return [e for inner in real[0] for e in _inner(inner)]


def _branches(error: Any) -> dict[Any, list[Any]]:
    branches: dict[Any, list[Any]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    return branches


def _is_null_branch(inner: list[Any]) -> bool:
    return any(e.validator == "type" and _named(e.validator_value) == ["null"] for e in inner)


def _type_errors(inner: list[Any]) -> list[str]:
    return [
        kind
        for e in inner
        if e.validator == "type" and not e.path
        for kind in _named(e.validator_value)
    ]


def _named(types: Json) -> list[str]:
    listed = types if isinstance(types, list) else [types]
    return [kind for kind in listed if isinstance(kind, str) and kind in _ORDER]


def _limit(error: Any) -> str:
    value = str(error.validator_value)
    return value if len(value) <= 80 else f"{value[:79]}…"


def _bare(text: str) -> str:
    return text.translate(_PUNCTUATION).casefold()
