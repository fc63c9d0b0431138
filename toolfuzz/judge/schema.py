"""What the schema alone proves: its errors, translated into defects."""

from collections.abc import Iterable
from typing import Any

from toolfuzz.core.case import Json
from toolfuzz.core.jsonvalue import kind_of
from toolfuzz.core.validation import errors
from toolfuzz.judge.coercion import UNKNOWN, Cause, explain_type
from toolfuzz.judge.shapes import Place

__all__ = ["closest_members", "describe", "fault_here", "is_filler", "proven"]

_ORDER = ("null", "boolean", "integer", "number", "array", "object", "string")
_TYPES = frozenset(_ORDER)
_EMPTY: tuple[Json, ...] = ("", 0, [], {}, False, "null", "None")


def fault_here(place: Place, got: Json) -> Cause | None:
    """Return what the schema at the place proves against the value itself (not its inside)."""
    for error in errors(place.root, got, place.schema):
        if not error.absolute_path or _in_tuple(error):
            return describe(error, place, UNKNOWN, 1)
    return None


def describe(error: Any, place: Place, expected: Json, depth: int) -> Cause | None:
    """Translate a jsonschema error at a place; None when it says nothing of its own.

    ``expected`` is the right value when it is known.
    """
    got = error.instance
    match error.validator:
        case "type":
            return _wrong_type(_named(error.validator_value), expected, got, place, depth)
        case "enum":
            return _outside_enum(error.validator_value, got, place, depth)
        case "const":
            return _outside_const(error.validator_value, got, place, depth)
        case "anyOf" | "oneOf":
            return _no_branch(error, place, expected, depth)
        case "required" | "dependentRequired":
            return Cause("missing-required", error.message[:200])
        case "additionalProperties" | "unevaluatedProperties":
            return Cause("unknown-param", error.message[:200])
        case "items" | "additionalItems" | "minItems" | "maxItems" if place.is_tuple:
            return Cause("tuple-violated", "the tuple has another length")
        case None:
            return Cause("constraint-violation", "the schema admits nothing here")
        case keyword:
            return Cause("constraint-violation", f"{keyword}: {_limit(error)}")


def closest_members(members: Iterable[Json], got: Json) -> list[Json]:
    """Return the enum's members that equal the value but for case, ``-``, ``_`` and spaces."""
    if not isinstance(got, str):
        return []
    bare = _bare(got)
    return [m for m in members if isinstance(m, str) and m != got and _bare(m) == bare]


def is_filler(value: Json) -> bool:
    """Whether the value looks like a form field that was left blank."""
    blank = isinstance(value, str) and not value.strip()
    return blank or any(value == empty and type(value) is type(empty) for empty in _EMPTY)


def _wrong_type(
    wanted: list[str], expected: Json, got: Json, place: Place, depth: int
) -> Cause | None:
    if expected is not UNKNOWN:
        wanted = [kind_of(expected)]
    best = None
    for kind in sorted(wanted, key=_ORDER.index):
        cause = explain_type(kind, expected, got, place, depth)
        if cause and (best is None or best.slug == "container-as-opaque-string"):
            best = cause
    if best:
        return best
    kinds = " or ".join(wanted) or "another type"
    return Cause("value-changed", f"{kinds} wanted, {kind_of(got)} came")


def _outside_enum(members: Json, got: Json, place: Place, depth: int) -> Cause:
    known = members if isinstance(members, list) else []
    close = closest_members(known, got)
    if len(close) == 1:
        return Cause("enum-case", f"{got!r} is spelled {close[0]!r} in the enum")
    kinds = {kind_of(member) for member in known}
    if isinstance(got, str) and "string" not in kinds:
        cause = _wrong_type(sorted(kinds), UNKNOWN, got, place, depth)
        if cause and cause.slug != "value-changed":
            return cause
    return Cause("enum-violation", f"not one of the enum's {len(known)} members")


def _outside_const(const: Json, got: Json, place: Place, depth: int) -> Cause:
    if kind_of(got) != kind_of(const):
        cause = explain_type(kind_of(const), const, got, place, depth)
        if cause:
            return cause
    return Cause("default-const-ignored", "another value than the constant")


def proven(place: Place, value: Json) -> list[Any]:
    """Return the errors of a whole value, parents first.

    An error of a nullable union is replaced by those of its one real branch, so that they point
    at what is wrong inside.
    """
    found = [e for error in errors(place.root, value, place.schema) for e in _inner(error)]
    return sorted(found, key=lambda e: len(e.absolute_path))


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


def _no_branch(error: Any, place: Place, expected: Json, depth: int) -> Cause | None:
    """Explain why no branch of a union fits (or, for oneOf, why more than one does)."""
    branches = _branches(error)
    if not branches:
        return Cause("union-branch-invalid", "more than one branch of the union fits")
    if error.instance is None and len(branches) > 1:
        return Cause("value-nulled", "null instead of the value")
    real = [inner for inner in branches.values() if not _is_null_branch(inner)]
    if real and all(_type_errors(inner) for inner in real):
        wanted = [kind for inner in real for kind in _type_errors(inner)]
        return _wrong_type(wanted, expected, error.instance, place, depth)
    if len(real) == 1:
        return describe(real[0][0], place, expected, depth)
    if not isinstance(error.instance, dict | list):
        enums = [e for inner in real for e in inner if e.validator == "enum" and not e.path]
        if enums:
            return describe(enums[0], place, expected, depth)
    return Cause("union-branch-invalid", f"none of the {len(branches)} branches fits")


def _is_null_branch(inner: list[Any]) -> bool:
    return any(e.validator == "type" and _named(e.validator_value) == ["null"] for e in inner)


def _type_errors(inner: list[Any]) -> list[str]:
    return [
        kind
        for e in inner
        if e.validator == "type" and not e.path
        for kind in _named(e.validator_value)
    ]


def _in_tuple(error: Any) -> bool:
    return "prefixItems" in error.schema_path and len(error.absolute_path) == 1


def _named(types: Json) -> list[str]:
    listed = types if isinstance(types, list) else [types]
    return [kind for kind in listed if isinstance(kind, str) and kind in _TYPES]


def _limit(error: Any) -> str:
    value = str(error.validator_value)
    return value if len(value) <= 80 else f"{value[:79]}…"


def _bare(text: str) -> str:
    return text.translate(_PUNCTUATION).casefold()


_PUNCTUATION = str.maketrans("", "", "-_ ")
