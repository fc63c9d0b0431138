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
        if keyword in _NO_RULES:
            continue
        holds = _RULES.get(keyword)
        if holds is None or not holds(value, said, schema, root):
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
    return type(value) is not dict or all(
        is_plainly_valid(value[name], member, root)
        for name, member in said.items()
        if name in value
    )


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


def _all_of(value: Json, said: Any, schema: Any, root: Json) -> bool:
    return all(is_plainly_valid(value, one, root) for one in said)


def _ref(value: Json, said: Any, schema: Any, root: Json) -> bool:
    """A definition at the root; one that is itself a reference might lead here again."""
    place = _DEFINED.fullmatch(said)
    if root is None or place is None:
        return False
    meant = root.get(place[1], {}).get(place[2])
    return type(meant) is dict and "$ref" not in meant and is_plainly_valid(value, meant, root)


_DEFINED = re.compile(r"#/(\$defs|definitions)/([A-Za-z0-9_]+)")


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
    "allOf": _all_of,
    "$ref": _ref,
    "pattern": _bound((str,), lambda value, said: re.search(said, value) is not None),
    "minLength": _bound((str,), lambda value, said: len(value) >= said),
    "maxLength": _bound((str,), lambda value, said: len(value) <= said),
    "minItems": _bound((list,), lambda value, said: len(value) >= said),
    "maxItems": _bound((list,), lambda value, said: len(value) <= said),
    "minProperties": _bound((dict,), lambda value, said: len(value) >= said),
    "maxProperties": _bound((dict,), lambda value, said: len(value) <= said),
    "multipleOf": _bound(_NUMBERS, lambda value, said: type(said) is int and value % said == 0),
    "minimum": _bound(_NUMBERS, lambda value, said: value >= said),
    "maximum": _bound(_NUMBERS, lambda value, said: value <= said),
    "exclusiveMinimum": _bound(_NUMBERS, lambda value, said: value > said),
    "exclusiveMaximum": _bound(_NUMBERS, lambda value, said: value < said),
}
