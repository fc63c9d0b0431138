"""Values that are valid at first sight: nearly all that are drawn.

The library makes a validator for each part of a schema, which takes twenty times as long. What is
said here is that a value is valid; whatever this doesn't know is left to the library.
"""

import re
from collections.abc import Callable
from typing import Any

from toolfuzz.core.case import Json

__all__ = ["is_plainly_valid"]


def is_plainly_valid(value: Json, schema: Json, root: Json) -> bool:
    """Whether a value is valid at first sight; False says nothing.

    ``root`` resolves references; None: it isn't known.
    """
    if schema is True:
        return True
    if type(schema) is not dict:
        return False
    for keyword, said in schema.items():
        holds = _RULES.get(keyword)
        if holds is None:
            if keyword not in _NO_RULES:
                return False
        elif not holds(value, said, schema, root):
            return False
    return True


_NOTES = ("title", "description", "default", "examples", "format", "$defs", "definitions")
_OF_OPENAPI = ("nullable", "discriminator")
_NO_RULES = frozenset((*_NOTES, *_OF_OPENAPI))
_Rule = Callable[[Any, Any, Any, Json], bool]
"""A keyword's: the value, what the keyword says, the schema that it stands in, and the root."""

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}
_SCALARS = frozenset((str, int, float, bool, type(None)))


def _type(value: Json, said: Any, schema: Any, root: Json) -> bool:
    if type(said) is str:
        return type(value) in _TYPES.get(said, ())
    return type(said) is list and any(_type(value, one, schema, root) for one in said)


def _enum(value: Json, said: Any, schema: Any, root: Json) -> bool:
    kind = type(value)
    # Of two equal numbers one may be a boolean.
    return kind in _SCALARS and any(type(one) is kind and one == value for one in said)


def _const(value: Json, said: Any, schema: Any, root: Json) -> bool:
    return _enum(value, (said,), schema, root)


def _properties(value: Json, said: Any, schema: Any, root: Json) -> bool:
    if type(value) is not dict:
        return True
    for name, member in said.items():
        if name in value and not is_plainly_valid(value[name], member, root):
            return False
    return True


def _required(value: Json, said: Any, schema: Any, root: Json) -> bool:
    return type(value) is not dict or all(name in value for name in said)


def _additional_properties(value: Json, said: Any, schema: Any, root: Json) -> bool:
    if type(value) is not dict or said is True:
        return True
    named = schema.get("properties", {})
    return all(
        said is not False and is_plainly_valid(item, said, root)
        for name, item in value.items()
        if name not in named
    )


def _items(value: Json, said: Any, schema: Any, root: Json) -> bool:
    if type(value) is not list:
        return True
    if type(said) is list:  # a tuple's, before draft 2020-12
        return _prefix_items(value, said, schema, root)
    rest = value[len(schema.get("prefixItems", ())) :]
    return all(is_plainly_valid(item, said, root) for item in rest)


def _prefix_items(value: Json, said: Any, schema: Any, root: Json) -> bool:
    return type(value) is not list or all(
        is_plainly_valid(item, part, root) for item, part in zip(value, said, strict=False)
    )


def _property_names(value: Json, said: Any, schema: Any, root: Json) -> bool:
    return type(value) is not dict or all(is_plainly_valid(name, said, root) for name in value)


def _unique_items(value: Json, said: Any, schema: Any, root: Json) -> bool:
    if type(value) is not list or not said:
        return True
    return all(type(item) in _SCALARS for item in value) and len(set(value)) == len(value)


def _any_of(value: Json, said: Any, schema: Any, root: Json) -> bool:
    return any(is_plainly_valid(value, one, root) for one in said)


def _one_of(value: Json, said: Any, schema: Any, root: Json) -> bool:
    """One branch, and plainly none of the others."""
    fitting = [one for one in said if is_plainly_valid(value, one, root)]
    return len(fitting) == 1 and all(
        one is fitting[0] or _is_plainly_refused(value, one, root) for one in said
    )


def _is_plainly_refused(value: Json, schema: Any, root: Json) -> bool:
    """Whether a value is invalid at first sight: by its type, or by a member's constant text."""
    schema = _defined(schema, root)
    if type(schema) is not dict:
        return False
    if type(value) is not dict:
        return schema.get("type") == "null" and value is not None
    tags = ((value.get(name), part) for name, part in schema.get("properties", {}).items())
    return schema.get("type") == "null" or any(
        type(part) is dict and type(tag) is type(part.get("const")) is str and tag != part["const"]
        for tag, part in tags
    )


def _all_of(value: Json, said: Any, schema: Any, root: Json) -> bool:
    return all(is_plainly_valid(value, one, root) for one in said)


def _ref(value: Json, said: Any, schema: Any, root: Json) -> bool:
    """What stands at a plain path; what is itself a reference might lead here again."""
    meant = _defined({"$ref": said}, root)
    return type(meant) is dict and "$ref" not in meant and is_plainly_valid(value, meant, root)


def _defined(schema: Any, root: Json) -> Any:
    """Return a schema or, where it refers to one, what stands there."""
    if type(schema) is not dict or "$ref" not in schema:
        return schema
    said = schema["$ref"]
    if root is None or not _PATH.fullmatch(said):
        return None
    for name in said.split("/")[1:]:
        root = root.get(name) if type(root) is dict else None
    return root


_PATH = re.compile(r"#(?:/[A-Za-z0-9_$]+)+")


def _bound(kinds: tuple[type, ...], within: Callable[[Any, Any], bool]) -> _Rule:
    """Return the rule of a bound, which holds for values of these types alone."""
    return lambda value, said, schema, root: type(value) not in kinds or within(value, said)


_NUMBERS = (int, float)
_RULES: dict[str, _Rule] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional_properties,
    "items": _items,
    "prefixItems": _prefix_items,
    "propertyNames": _property_names,
    "uniqueItems": _unique_items,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "allOf": _all_of,
    "$ref": _ref,
    "pattern": _bound((str,), lambda value, said: re.search(said, value) is not None),
    "minLength": _bound((str,), lambda value, said: len(value) >= said),
    "maxLength": _bound((str,), lambda value, said: len(value) <= said),
    "minItems": _bound((list,), lambda value, said: len(value) >= said),
    "maxItems": _bound((list,), lambda value, said: len(value) <= said),
    "minProperties": _bound((dict,), lambda value, said: len(value) >= said),
    "maxProperties": _bound((dict,), lambda value, said: len(value) <= said),
    "multipleOf": _bound(
        _NUMBERS, lambda value, said: type(said) in _NUMBERS and value % said == 0
    ),
    "minimum": _bound(_NUMBERS, lambda value, said: value >= said),
    "maximum": _bound(_NUMBERS, lambda value, said: value <= said),
    "exclusiveMinimum": _bound(_NUMBERS, lambda value, said: value > said),
    "exclusiveMaximum": _bound(_NUMBERS, lambda value, said: value < said),
}
