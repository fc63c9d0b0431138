"""Lost levels: ``a.b``, ``a[0].b``, ``a__b`` or a bare ``b`` for ``{"a": {"b": …}}``."""

import re
from collections.abc import Iterable

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import same
from toolfuzz.judge.shapes import Place
from toolfuzz.judge.step import UNKNOWN

__all__ = ["flattened", "gathered", "hoisted"]

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


def hoisted(
    left: Iterable[str],
    over: Iterable[str],
    belong: JsonObject,
    came: JsonObject,
    place: Place,
    *,
    known: bool,
) -> dict[str, list[str]]:
    """Return, for each missing member whose own members came in its stead, their keys.

    With a right answer all of them came, one at least as it should be; without one what came must
    be valid as that member, which this object can't do without.
    """
    free = set(over)
    found: dict[str, list[str]] = {}
    for name in list(left)[:_MOST]:
        inside = _inside(belong[name], came) if known else _declared_inside(place, name, came)
        if inside and free.issuperset(inside):
            found[name] = inside
            free.difference_update(inside)
    return found


def gathered(right: JsonObject, came: JsonObject) -> tuple[JsonObject, list[tuple[str, str]]]:
    """Put members back that came beside the object they belong in.

    Returns what is to be looked at, and each such key with the name of its object.
    """
    strays: list[tuple[str, str]] = []
    over = [key for key in came if key not in right][:_MOST]
    for name, inside in right.items() if over else ():
        there = came.get(name)
        if isinstance(inside, dict) and isinstance(there, dict):
            belong = inside.keys() - there.keys()
            strays += [
                (key, name) for key in over if key in belong and same(inside[key], came[key])
            ]
    if not strays:
        return came, []
    kept = {key: value for key, value in came.items() if key not in {key for key, _ in strays}}
    for key, name in strays:
        kept[name] = {**kept[name], key: came[key]}
    return kept, strays


def _inside(right: Json, came: JsonObject) -> list[str]:
    if isinstance(right, list) and len(right) == 1:
        right = right[0]
    if not isinstance(right, dict) or not right.keys() <= came.keys():
        return []
    return list(right) if any(same(right[key], came[key]) for key in right) else []


def _declared_inside(place: Place, name: str, came: JsonObject) -> list[str]:
    member = place.child(name, UNKNOWN)
    outside, properties = place.properties, member.properties
    inside = {key: came[key] for key in came if key in properties and key not in outside}
    needed = place.requires(name) or place.is_closed
    return list(inside) if inside and needed and member.admits(inside) else []


def _weakly_joined(key: str, missing: set[str], belong: JsonObject) -> tuple[str, list[str]]:
    for head in missing:
        if not key.startswith(head):
            continue
        joint, rest = key[len(head) : len(head) + 1], key[len(head) + 1 :]
        if joint not in _WEAK_JOINTS or not rest:
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
