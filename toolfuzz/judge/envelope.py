"""The call's own envelope among its arguments: around them, or beside them."""

import re

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import equal
from toolfuzz.judge.shapes import Place
from toolfuzz.judge.spelled import json_text

__all__ = ["unwrap"]

_ENVELOPES = frozenset(
    {"arguments", "parameters", "input", "args", "params", "kwargs", "tool_input", "properties"}
)
_LABELS = frozenset(
    {
        "name",
        "tool",
        "tool_name",
        "function",
        "function_name",
        "type",
        "id",
        "call_id",
        "tool_call_id",
        "tool_use_id",
        "recipient_name",
    }
)
_CARRIERS = frozenset({"function", "function_call", "tool_call", "tool_calls", "call"})
_CALL_ID = re.compile(r"(?:call|toolu|fc|tooluse|chatcmpl-tool)[_-]")
_IDS = frozenset({"call_id", "tool_call_id", "tool_use_id"})
_KINDS = ("function", "function_call", "tool_call", "tool_use")


def unwrap(
    got: JsonObject, wanted: JsonObject | None, place: Place, tool_name: str
) -> tuple[JsonObject, str] | None:
    """Return the arguments inside an envelope and what it was, or None.

    ``wanted`` is the right object, None when unknown. An envelope's key that the schema declares
    (or the right object holds) is a parameter, not an envelope.
    """
    if wanted is None or got.keys() != wanted.keys():
        carried = _carried(got)
        if carried is not None:
            inside = unwrap(carried, wanted, place, tool_name)
            if inside is not None:
                return inside
    declared = set(wanted) if wanted is not None else set(place.properties)
    if wanted is not None and len(got) == 1 and _ENVELOPES.issuperset(got):
        inner = next(iter(got.values()))
        if isinstance(inner, dict) and inner.keys() == wanted.keys() and wanted:
            return inner, f"the arguments stand one level down, under {next(iter(got))!r}"
    foreign = [key for key in got if key not in declared]
    if not foreign:
        return None
    for key in foreign:
        inner = got[key]
        if key not in _ENVELOPES and key != tool_name:
            continue
        if isinstance(inner, str):
            inner = json_text(inner, "{")
        if (
            isinstance(inner, dict)
            and set(got) - {key} <= _LABELS | _ENVELOPES
            and (inner.keys() & declared or (wanted is not None and equal(inner, wanted)))
        ):
            return inner, f"the arguments stand one level down, under {key!r}"
    for key in sorted(_ENVELOPES.intersection(foreign)):
        rest = {name: value for name, value in got.items() if name != key}
        if rest and equal(got[key], rest):
            return rest, f"the arguments stand a second time, under {key!r}"
    labels = [key for key in foreign if _is_label(key, got[key], tool_name)]
    if labels and len(labels) < len(got):
        rest = {key: value for key, value in got.items() if key not in labels}
        return rest, f"the call's own {labels[0]!r} stands among the arguments"
    return None


def _carried(got: JsonObject) -> JsonObject | None:
    """Return what the only member of a whole call holds: {"function": {…}}, {"tool_calls": […]}."""
    if len(got) != 1 or not _CARRIERS.issuperset(got):
        return None
    inner = next(iter(got.values()))
    if isinstance(inner, list) and len(inner) == 1:
        inner = inner[0]
    return inner if isinstance(inner, dict) else None


def _is_label(key: str, value: Json, tool_name: str) -> bool:
    """Whether a foreign key is one of the call's own envelope, and says what that says."""
    if key in _ENVELOPES:
        return value in ({}, None, "")
    if key in _IDS:
        return isinstance(value, str)
    if key == "type":
        return value in _KINDS
    if key == "id" and isinstance(value, str) and _CALL_ID.match(value):
        return True
    return key.lstrip("_") in _LABELS and value in (tool_name, f"functions.{tool_name}")
