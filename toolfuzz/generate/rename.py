"""Neutral property names at every level of a schema, and the same change made to its values."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.spellings import everywhere, pointed
from toolfuzz.generate.spot import nodes

__all__ = ["neutral_names", "renamed", "renamed_value"]

_BESIDE = ("allOf", "anyOf", "oneOf")
_CONDITIONS = ("if", "then", "else")


def neutral_names(schema: JsonObject) -> dict[str, str]:
    """Return p1, p2, … for all declared properties, the root's first; one name, one new name.

    None for a schema whose references lead through a property: they would no longer arrive.
    """
    found: dict[str, str] = {}
    for node, _ in nodes(schema):
        if "/properties/" in str(node.get("$ref", "")):
            return {}
        members = node.get("properties")
        for name in members if isinstance(members, dict) else ():
            found.setdefault(name, f"p{len(found) + 1}")
    return found


def renamed(schema: JsonObject, names: Mapping[str, str]) -> JsonObject:
    """Return the schema with its declared properties renamed wherever a keyword names them."""

    def new(name: Any) -> Any:
        return names.get(name, name) if isinstance(name, str) else name

    def change(node: JsonObject) -> JsonObject:
        done = dict(node)
        for keyword in ("properties", "dependentRequired", "dependentSchemas", "dependencies"):
            if isinstance(node.get(keyword), dict):
                done[keyword] = {new(name): held for name, held in node[keyword].items()}
        if isinstance(node.get("required"), list):
            done["required"] = [new(name) for name in node["required"]]
        for keyword in ("dependentRequired", "dependencies"):
            for name, needed in done.get(keyword, {}).items():
                if isinstance(needed, list):
                    done[keyword][name] = [new(other) for other in needed]
        told = node.get("discriminator")
        if isinstance(told, dict) and "propertyName" in told:
            done["discriminator"] = {**told, "propertyName": new(told["propertyName"])}
        return done

    return dict(everywhere(schema, change))


def renamed_value(value: Json, schema: JsonObject, names: Mapping[str, str]) -> Any:
    """Rename the keys that the schema declares at their place; keys of maps stay.

    Raises ValueError where a new name is taken by such a key.
    """
    return _renamed(value, [schema], schema, names)


def _renamed(value: Json, at: Sequence[Json], root: JsonObject, names: Mapping[str, str]) -> Any:
    if not isinstance(value, dict | list):
        return value
    here = list(_applied(at, root))
    if isinstance(value, list):
        return [_renamed(item, _items(here, n), root, names) for n, item in enumerate(value)]
    done: JsonObject = {}
    for key, item in value.items():
        declared = [m[key] for n in here if isinstance(m := n.get("properties"), dict) and key in m]
        below = declared or [n["additionalProperties"] for n in here if "additionalProperties" in n]
        done[names[key] if declared else key] = _renamed(item, below, root, names)
    if len(done) < len(value):
        raise ValueError("a new name is taken")
    return done


def _applied(at: Sequence[Json], root: JsonObject) -> Iterator[JsonObject]:
    """Yield the schemas that may apply to one value: behind references and in every branch."""
    seen: set[int] = set()
    stack = list(at)
    while stack:
        node = stack.pop()
        if not isinstance(node, dict) or id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        stack.append(pointed(node.get("$ref"), root))
        stack += [node[key] for key in _CONDITIONS if key in node]
        for key in _BESIDE:
            stack += node.get(key) or ()


def _items(here: Sequence[JsonObject], n: int) -> list[Json]:
    found: list[Json] = []
    for node in here:
        first, rest = node.get("prefixItems", ()), node.get("items", {})
        if isinstance(rest, list):  # a tuple, before draft 2020-12
            first, rest = rest, node.get("additionalItems", {})
        found.append(first[n] if n < len(first) else rest)
    return found
