"""The call's own envelope among its arguments: around them, or beside them."""

import re
from dataclasses import dataclass

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import equal
from toolfuzz.judge.shapes import Place
from toolfuzz.judge.spelled import json_text

__all__ = ["Own", "unwrap"]

_ENVELOPES = frozenset(
    {"arguments", "parameters", "input", "args", "params", "kwargs", "tool_input", "properties"}
)
_IDS = frozenset({"call_id", "tool_call_id", "tool_use_id"})
_NAMES = frozenset({"name", "tool", "tool_name", "function", "function_name", "recipient_name"})
_LABELS = _IDS | _NAMES | {"type", "id", "index", "role", "status", "content"}
_CARRIERS = frozenset({"function", "function_call", "tool_call", "tool_calls", "tool_use", "call"})
_CALL_ID = re.compile(r"(?:call|toolu|fc|tooluse|chatcmpl-tool)[_-]|functions\.[\w.-]+:\d+\Z")
_WORDS = {
    "type": ("function", "function_call", "tool_call", "tool_use", "tool"),
    "role": ("assistant", "model", "tool", "function"),
}
_MOST_CALLS = 1000
_MOST_LEVELS = 8


@dataclass(frozen=True, slots=True)
class Own:
    """What the call says of itself outside of its arguments: the tool it means, and its id."""

    tool: str
    id: str | None = None


def unwrap(
    got: JsonObject, wanted: JsonObject | None, place: Place, own: Own
) -> tuple[JsonObject, str] | None:
    """Return the arguments inside an envelope and what it was, or None.

    ``wanted`` is the right object, None when unknown. An envelope's key that the schema declares
    (or the right object holds) is a parameter, not an envelope.
    """
    if wanted is None or got.keys() != wanted.keys():
        carried = _carried(got)
        if carried is not None:
            inside = unwrap(carried, wanted, place, own)
            if inside is not None:
                return inside
    declared = set(wanted) if wanted is not None else set(place.properties)
    if wanted and len(got) == 1:
        key, inner = next(iter(got.items()))
        inner = _loaded(inner)
        enveloped = key in _ENVELOPES and inner is not None and inner.keys() == wanted.keys()
        if inner is not None and (enveloped or equal(inner, wanted)):
            return inner, f"the arguments stand one level down, under {key[:80]!r}"
    foreign = [key for key in got if key not in declared]
    if not foreign:
        return None
    deeper = _one_level_down(got, wanted, declared, foreign, place, own)
    if deeper is not None:
        return deeper
    for key in sorted(_ENVELOPES.intersection(foreign)):
        rest = {name: value for name, value in got.items() if name != key}
        if rest and equal(got[key], rest):
            return rest, f"the arguments stand a second time, under {key!r}"
    labels = [key for key in foreign if _is_label(key, got[key], own)]
    if (
        labels
        and len(labels) < len(got)
        and not (_fits(got, wanted, place) and _weak(got, labels, own))
    ):
        rest = {key: value for key, value in got.items() if key not in labels}
        return rest, f"the call's own {labels[0]!r} stands among the arguments"
    return None


def _one_level_down(
    got: JsonObject,
    wanted: JsonObject | None,
    declared: set[str],
    foreign: list[str],
    place: Place,
    own: Own,
) -> tuple[JsonObject, str] | None:
    """Look under an envelope's name, or under any where all the right arguments stand there."""
    for key in foreign:
        inner = _loaded(got[key])
        for _ in range(_MOST_LEVELS):
            if (
                inner is None
                or key not in _ENVELOPES
                or len(inner) != 1
                or not inner.keys() <= _ENVELOPES
            ):
                break
            inner = _loaded(next(iter(inner.values()))) if declared.isdisjoint(inner) else inner
        if not inner or not set(got) - {key} <= _LABELS | _ENVELOPES:
            continue
        whole = equal(inner, wanted) if wanted is not None else False
        if key in _ENVELOPES or key == own.tool:
            found = whole or not declared.isdisjoint(inner)
        else:
            valid = inner.keys() <= declared and place.admits(inner)
            proven = wanted is None and valid and not place.admits(got)
            found = len(got) == 1 and (whole or proven)
        if found:
            return inner, f"the arguments stand one level down, under {key[:80]!r}"
    return None


def _loaded(value: Json) -> JsonObject | None:
    """Return the object that a value is, or spells."""
    if isinstance(value, str):
        value = json_text(value, "{")
    return value if isinstance(value, dict) else None


def _carried(got: JsonObject) -> JsonObject | None:
    """Return what a whole call holds: {"function": {…}, "type": …}, {"tool_calls": […]}."""
    carriers = [key for key in got if key in _CARRIERS and isinstance(got[key], dict | list)]
    if len(carriers) != 1 or not set(got) <= _LABELS | _CARRIERS:
        return None
    inner = got[carriers[0]]
    if isinstance(inner, list) and len(inner) == 1:
        inner = inner[0]
    return inner if isinstance(inner, dict) else None


def _is_label(key: str, value: Json, own: Own) -> bool:
    """Whether a foreign key is one of the call's own envelope, and says what that says."""
    if key in _ENVELOPES:
        return value in ({}, None, "")
    if key in _IDS:
        return isinstance(value, str)
    if key in _WORDS:
        return value in _WORDS[key]
    if key == "index":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_CALLS
    if key == "id" and isinstance(value, str):
        return value == own.id or _CALL_ID.match(value) is not None
    return key.lstrip("_") in _NAMES and value in (own.tool, f"functions.{own.tool}")


def _fits(got: JsonObject, wanted: JsonObject | None, place: Place) -> bool:
    """Whether nothing but the envelope itself speaks against the arguments."""
    return wanted is None and place.admits(got)


def _weak(got: JsonObject, labels: list[str], own: Own) -> bool:
    """Whether the labels may be values: one that a tool may take as well, not this call's id."""
    return len(labels) < 2 and not any(key in _IDS or got[key] == own.id for key in labels)
