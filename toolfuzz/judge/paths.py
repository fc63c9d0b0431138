"""Keys that are no names but ways: ``a.b``, ``a[0].b``, ``a__b`` for ``{"a": {"b": …}}``."""

import re
from collections.abc import Iterable

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.judge.shapes import Place
from toolfuzz.judge.step import UNKNOWN

__all__ = ["flattened"]

_JOINT = re.compile(r"\]?\[|\]?(?:->|__|[./:])|\]\Z")
_WEAK_JOINTS = ("_", "-")
_MOST = 200


def flattened(
    left: Iterable[str], over: Iterable[str], belong: JsonObject, place: Place, *, known: bool
) -> dict[str, list[str]]:
    """Return, for each missing member that came as ways into it, the keys that are these ways.

    With a right answer a way must lead to something in it; without one the schema must have an
    object or a list there.
    """
    missing = set(left)
    found: dict[str, list[str]] = {}
    for key in list(over)[:_MOST]:
        head, *way = [part for part in _JOINT.split(key) if part] or [""]
        if known and not way:
            head, way = _weakly_joined(key, missing, belong)
        if not way or head not in missing:
            continue
        leads = _leads(belong[head], way) if known else _holds_more(place, head)
        if leads:
            found.setdefault(head, []).append(key)
    return found


def _weakly_joined(key: str, missing: set[str], belong: JsonObject) -> tuple[str, list[str]]:
    for head in missing:
        for joint in _WEAK_JOINTS:
            start, found, rest = key.partition(head + joint)
            if not found or start or not rest:
                continue
            if isinstance(belong[head], dict):
                return head, [rest]
            if isinstance(belong[head], list):
                return head, rest.split(joint)
    return key, []


def _leads(value: Json, way: list[str]) -> bool:
    """Whether the first step of a way leads somewhere in the value."""
    match value:
        case dict():
            return way[0] in value
        case list():
            return way[0].isdecimal() and int(way[0][:9]) < max(1, len(value))
    return False


def _holds_more(place: Place, head: str) -> bool:
    member = place.child(head, UNKNOWN)
    kinds = {kind for group in member.gather("type") for kind in _several(group)}
    return bool(kinds & {"object", "array"}) or bool(member.properties)


def _several(kind: Json) -> list[Json]:
    return kind if isinstance(kind, list) else [kind]
