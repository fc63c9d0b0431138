"""Loaded JSON values: whether two are equal, what type one has, and where one stands.

The one place for each: the two equalities (as it is spelled, as JSON Schema compares), the type
names, JSON pointers (RFC 6901) and references within one document.
"""

import json
from collections.abc import Iterable, Sequence
from math import isfinite
from urllib.parse import unquote

from toolfuzz.core.case import Json

__all__ = [
    "a_kind",
    "canonical",
    "equal",
    "escape",
    "follow",
    "kind_of",
    "pointer_of",
    "resolve_ref",
    "same",
    "step",
    "token",
    "tokens_of",
]

_MOST_REFS = 32


def same(one: Json, other: Json) -> bool:
    """Whether two values are spelled alike: ``1``, ``1.0``, ``1e0`` and ``true`` differ.

    Key order doesn't count. Doesn't recurse, so the values may be nested as deep as they like.
    """
    stack: list[tuple[Iterable[Json], Iterable[Json]]] = [([one], [other])]
    while stack:
        for left, right in zip(*stack.pop(), strict=True):
            if left is right:
                continue
            kind = type(left)
            if kind is str or kind is type(right) is int:
                if left != right:
                    return False
            elif isinstance(left, dict):
                if not isinstance(right, dict) or left.keys() != right.keys():
                    return False
                stack.append((left.values(), map(right.__getitem__, left)))
            elif isinstance(left, (list, tuple)):
                if not isinstance(right, (list, tuple)) or len(left) != len(right):
                    return False
                stack.append((left, right))
            elif left != right or token(left) != token(right):
                return False
    return True


def canonical(value: Json) -> str:
    """Return one text for all spellings of a value: key order, ``1.0`` for 1, escapes.

    Equal for values that JSON Schema calls equal (1 and 1.0 are, 1 and true are not),
    https://json-schema.org/draft/2020-12/json-schema-core#section-4.2.2. Raises RecursionError for
    a value nested deeper than Python's stack.
    """
    return json.dumps(_plain(value), sort_keys=True)


def equal(one: Json, other: Json) -> bool:
    """Whether JSON Schema calls two values equal (see canonical): 1 and 1.0, not 1 and true."""
    if isinstance(one, str) or isinstance(other, str):
        return bool(one == other)
    return same(one, other) or canonical(one) == canonical(other)


def _plain(value: Json) -> Json:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def token(value: Json) -> str:
    """Return how a number, boolean or null is spelled: as it came, or as Python writes it."""
    spelled = getattr(value, "token", None)
    if isinstance(spelled, str):
        return spelled
    # What json.dumps writes, without the encoder that it makes for each.
    return repr(value) if type(value) is float and isfinite(value) else json.dumps(value)


def kind_of(value: Json) -> str:
    """Return the name of the value's JSON Schema type; 5 is an integer, 5.0 a number."""
    match value:
        case str():
            return "string"
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case list() | tuple():
            return "array"
        case _:
            return "object"


def a_kind(value: Json) -> str:
    """Return the type's name with its article, for a sentence: ``an object``, ``null``."""
    kind = kind_of(value)
    if kind == "null":
        return kind
    return f"an {kind}" if kind[0] in "aio" else f"a {kind}"


def escape(key: str | int) -> str:
    """Write one step of a JSON pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")


def pointer_of(path: Sequence[str | int]) -> str:
    """Return the JSON pointer of a path; the empty path is the whole document, ``""``."""
    return "".join("/" + escape(key) for key in path)


def tokens_of(pointer: str) -> list[str]:
    """Return the unescaped steps of a JSON pointer; an array's index is text, too."""
    return [t.replace("~1", "/").replace("~0", "~") for t in pointer.split("/")[1:]]


def step(node: Json, key: str | int) -> Json:
    """Return the member or item, or None when there is none."""
    if isinstance(node, dict):
        return node.get(str(key))
    if isinstance(node, list) and isinstance(key, int) and key < len(node):
        return node[key]
    return None


def resolve_ref(root: Json, reference: Json) -> Json:
    """Return the target of a ``$ref`` into the same document (``#``, ``#/$defs/A``).

    None for any other reference (a remote one, an anchor, no text) and for one to nothing.
    """
    if not isinstance(reference, str) or (reference != "#" and not reference.startswith("#/")):
        return None
    node = root
    for part in tokens_of(unquote(reference[1:])):
        is_index = isinstance(node, list) and part.isdecimal() and part.isascii()
        node = step(node, int(part) if is_index else part)
    return node


def follow(root: Json, schema: Json) -> Json:
    """Follow a chain of references to a schema without one; None where it leads nowhere."""
    for _ in range(_MOST_REFS):
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(reference, str):
            return schema
        schema = resolve_ref(root, reference)
    return None
