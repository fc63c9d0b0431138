"""What an agent's refusal of a call proves about the schema that it holds.

Session files don't describe tools. But an agent validates arguments before it runs a tool, and what
it then complains of stands in the session: so much of the schema is known, for that call.
"""

import json
import re
from typing import Any

from toolfuzz.core.case import Json, JsonObject

__all__ = ["by_effect", "by_serde", "by_zod"]

_WRONG_TYPE = re.compile(
    r'invalid type: [a-z ]+ `?(?P<value>"(?:[^"\\]|\\.)*"|[^`,]+)`?, '
    r"expected (?P<wanted>[\w ]+?)(?: at |$)"
)
_EFFECT = re.compile(
    r"(?:Missing key|Expected (?P<wanted>[\w |]+), got .*)\n\s*at (?P<path>(?:\[[^\]\n]+\])+)"
)
_STEP = re.compile(r'\[("(?:[^"\\]|\\.)*"|\d+)\]')
_KINDS = ("string", "number", "boolean", "object", "array", "null")
_SERDE_KINDS = {
    "a string": "string",
    "a boolean": "boolean",
    "a sequence": "array",
    "a map": "object",
    **{f"{sign}{bits}": "number" for sign in "iuf" for bits in ("8", "16", "32", "64", "size")},
}


def by_zod(issues: Json, arguments: Json) -> JsonObject | None:
    """Return the schema that a list of zod's issues tells of, None where none is understood.

    https://zod.dev/error-customization
    """
    schema: JsonObject = {}
    for issue in issues if isinstance(issues, list) else ():
        match issue:
            case {"code": "invalid_type", "expected": str(kind), "path": [*path]}:
                _type(schema, path, kind, arguments)
            case {"code": "unrecognized_keys", "keys": [*keys], "path": [*path]}:
                _only(schema, path, keys, arguments)
            case {"code": "invalid_value", "values": [*values], "path": [*path]}:
                _put(schema, path, {"enum": values})
    return schema or None


def by_effect(words: str, arguments: Json) -> JsonObject | None:
    """Return the schema that an error of Effect's tells of, None where none is understood."""
    issues = []
    for issue in _EFFECT.finditer(words):
        kinds = set((issue["wanted"] or "").split(" | ")) - {"undefined"}
        path = [json.loads(step) for step in _STEP.findall(issue["path"])]
        if len(kinds) <= 1:
            wanted = min(kinds, default="")
            issues.append({"code": "invalid_type", "expected": wanted, "path": path})
    return by_zod(issues, arguments)


def by_serde(words: str, arguments: Json) -> JsonObject | None:
    """Return the schema that an error of Rust's serde tells of, None where it isn't understood.

    It names no path: a type counts where one argument alone has the value that is named.
    """
    if missing := re.search(r"missing field `([^`]+)`", words):
        return {"type": "object", "required": [missing[1]]}
    wrong = _WRONG_TYPE.search(words)
    kind = _SERDE_KINDS.get(wrong["wanted"]) if wrong else None
    if wrong is None or kind is None or not isinstance(arguments, dict):
        return None
    named = [key for key, value in arguments.items() if _spelled(value) == wrong["value"]]
    return {"type": "object", "properties": {named[0]: {"type": kind}}} if len(named) == 1 else None


def _spelled(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _type(schema: JsonObject, path: list[Any], kind: str, arguments: Json) -> None:
    *above, last = path or [None]
    holder = _at(arguments, above)
    if isinstance(holder, dict) and isinstance(last, str) and last not in holder:
        _put(schema, above, {"type": "object", "required": [last]})
    elif kind in _KINDS:
        _put(schema, path, {"type": kind})


def _only(schema: JsonObject, path: list[Any], keys: list[Any], arguments: Json) -> None:
    holder = _at(arguments, path)
    if isinstance(holder, dict):
        known: JsonObject = {key: {} for key in holder if key not in keys}
        _put(schema, path, {"type": "object", "properties": known, "additionalProperties": False})


def _at(value: Json, path: list[Any]) -> Json:
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _put(schema: JsonObject, path: list[Any], part: JsonObject) -> None:
    """Add what is known of the value at a path."""
    for step in path:
        if isinstance(step, str):
            schema.setdefault("type", "object")
            schema = schema.setdefault("properties", {}).setdefault(step, {})
        else:
            schema = schema.setdefault("items", {})
    for key, value in part.items():
        if key == "required":
            schema[key] = [*schema.get(key, ()), *value]
        elif key == "properties":
            schema[key] = {**value, **schema.get(key, {})}
        else:
            schema[key] = value
