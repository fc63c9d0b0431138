"""Where in a schema a value stands, and what stands there in a few words.

A location's schema is spread over parts: what is written there, the target of its ``$ref``, the
members of ``allOf`` and the branch of a union that suits the value best.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from toolfuzz.core import patterns
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import follow, kind_of, pointer_of, resolve_ref, same
from toolfuzz.core.validation import fits
from toolfuzz.judge.wording import shape

__all__ = ["Part", "Place", "root_place", "shape"]


@dataclass(frozen=True, slots=True)
class Part:
    """One subschema that applies at a location, and its JSON pointer in the root schema."""

    schema: JsonObject
    pointer: str


@dataclass(frozen=True, slots=True)
class Place:
    """A location: its schema as written, all parts, and the ``$ref`` targets on the way there.

    ``reentered`` says that its own ``$ref`` leads back to a schema that it stands in,
    ``leads_to_itself`` that the target of that ``$ref`` refers to itself.
    """

    root: Json
    schema: Json
    pointer: str
    parts: tuple[Part, ...]
    trail: frozenset[str]
    behind_ref: bool = False
    reentered: bool = False
    leads_to_itself: bool = False

    def child(self, token: str | int, instance: Json) -> "Place":
        """Return the place of a member or an item; ``instance`` is its value."""
        bases = [
            base
            for part in self.parts
            for base in (_item(part, token) if isinstance(token, int) else _member(part, token))
        ]
        return _place(self.root, bases or [({}, "")], instance, self.trail)

    def gather(self, keyword: str) -> Iterator[Json]:
        """Return the keyword's value in each part that has it."""
        return (part.schema[keyword] for part in self.parts if keyword in part.schema)

    def requires(self, key: str) -> bool:
        """Whether the object here must have the key."""
        return any(isinstance(keys, list) and key in keys for keys in self.gather("required"))

    @property
    def properties(self) -> dict[str, Json]:
        """The declared members of the object here."""
        declared: dict[str, Json] = {}
        for group in self.gather("properties"):
            if isinstance(group, dict):
                declared = {**group, **declared}
        return declared

    @property
    def enum(self) -> list[Json]:
        """The members of every enum here."""
        return [m for listed in self.gather("enum") if _is_list(listed) for m in listed]

    @property
    def is_tuple(self) -> bool:
        """Whether the array here has a schema for each position."""
        return any(
            "prefixItems" in part.schema or isinstance(part.schema.get("items"), list)
            for part in self.parts
        )

    @property
    def is_union(self) -> bool:
        """Whether values of several kinds may stand here."""
        return any(
            "anyOf" in part.schema
            or "oneOf" in part.schema
            or isinstance(part.schema.get("type"), list)
            for part in self.parts
        )

    @property
    def object_branches(self) -> list[JsonObject]:
        """The object schemas among which a union here chooses (resolved); [] without a union."""
        unions = [
            branches
            for keyword in ("anyOf", "oneOf")
            for branches in self.gather(keyword)
            if isinstance(branches, list)
        ]
        resolved = (follow(self.root, branch) for branches in unions for branch in branches)
        found = [b for b in resolved if isinstance(b, dict) and "properties" in b]
        return found if len(found) > 1 else []

    @property
    def below_ref(self) -> bool:
        """Whether a ``$ref`` was followed here or on the way here."""
        return len(self.trail) > 1

    @property
    def is_recursive(self) -> bool:
        """Whether the value here, its items or its members lead back to a schema around them."""
        inner = self.child(0, None)
        return self.reentered or inner.reentered or inner.leads_to_itself

    @property
    def is_data(self) -> bool:
        """Whether the keys of the object here are data (a map, a free-form object)."""
        return not any(True for _ in self.gather("properties")) or any(
            isinstance(extra, dict) for extra in self.gather("additionalProperties")
        )

    @property
    def is_closed(self) -> bool:
        """Whether undeclared keys are forbidden."""
        return any(
            extra is False
            for keyword in ("additionalProperties", "unevaluatedProperties")
            for extra in self.gather(keyword)
        )

    def admits(self, value: Json) -> bool:
        """Whether the schema as written here accepts the value."""
        return all(fits(self.root, value, part.schema) for part in self.parts[:1])

    def admits_item(self, item: Json) -> bool:
        """Whether the array here has a schema for its items, and that accepts this one."""
        inner = self.child(0, item)
        return bool(inner.parts[0].schema) and inner.admits(item)

    @property
    def schema_pointer(self) -> str:
        """The pointer of the schema here, its ``$ref`` followed."""
        return (
            self.parts[1] if "$ref" in self.parts[0].schema and self.parts[1:] else self.parts[0]
        ).pointer

    @property
    def shape(self) -> str:
        """The schema here in a few words (see shape)."""
        return shape(self.schema, self.root)


def root_place(root: Json, instance: Json) -> Place:
    """Return the place of the whole arguments object."""
    return _place(root, [(root, "")], instance, frozenset())


def _place(
    root: Json, bases: list[tuple[Json, str]], instance: Json, trail: frozenset[str]
) -> Place:
    parts: list[Part] = []
    entered: list[str] = []
    for schema, pointer in bases:
        _expand(root, schema, pointer, instance, parts, entered)
    return Place(
        root=root,
        schema=bases[0][0],
        pointer=bases[0][1],
        parts=tuple(parts) or (Part({}, bases[0][1]),),
        trail=trail | frozenset(entered) | {""},
        behind_ref=bool(entered),
        reentered=any(target in trail for target in entered),
        leads_to_itself=any(_mentions(resolve_ref(root, f"#{t}"), f"#{t}") for t in entered),
    )


def _expand(
    root: Json,
    schema: Json,
    pointer: str,
    instance: Json,
    parts: list[Part],
    entered: list[str],
) -> None:
    if not isinstance(schema, dict) or any(part.schema is schema for part in parts):
        return
    parts.append(Part(schema, pointer))
    reference = schema.get("$ref")
    if isinstance(reference, str):
        target = resolve_ref(root, reference)
        if target is not None:
            entered.append(reference[1:])
            _expand(root, target, reference[1:], instance, parts, entered)
    for keyword in ("anyOf", "oneOf"):
        branches = schema.get(keyword)
        if _is_list(branches) and branches:
            best = max(range(len(branches)), key=lambda n: _suits(root, branches[n], instance))
            _expand(root, branches[best], f"{pointer}/{keyword}/{best}", instance, parts, entered)
    members = schema.get("allOf")
    for n, member in enumerate(members if _is_list(members) else ()):
        _expand(root, member, f"{pointer}/allOf/{n}", instance, parts, entered)


def _suits(root: Json, branch: Json, instance: Json) -> tuple[bool, bool, bool, int]:
    """Rank a union's branch: valid, then right discriminator, then type, then shared keys."""
    resolved = follow(root, branch)
    if not isinstance(resolved, dict):
        return (False, False, False, 0)
    types = resolved.get("type")
    kind = kind_of(instance)
    named = types if isinstance(types, list) else [types]
    typed = kind in named or (kind == "integer" and "number" in named)
    properties = resolved.get("properties")
    shared, tagged = 0, False
    if isinstance(instance, dict) and isinstance(properties, dict):
        shared = sum(key in properties for key in instance)
        tagged = any(
            isinstance(member, dict)
            and (
                same(member.get("const", _NOTHING), instance[key])
                or same(member.get("enum"), [instance[key]])
            )
            for key, member in properties.items()
            if key in instance
        )
    return (fits(root, instance, branch), tagged, typed, shared)


def _mentions(schema: Json, reference: str) -> bool:
    stack = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if node.get("$ref") == reference:
                return True
            stack += node.values()
        elif isinstance(node, list):
            stack += node
    return False


def _member(part: Part, key: str) -> Iterator[tuple[Json, str]]:
    properties = part.schema.get("properties")
    if isinstance(properties, dict) and key in properties:
        yield properties[key], part.pointer + pointer_of(["properties", key])
        return
    by_pattern = part.schema.get("patternProperties")
    for pattern, member in by_pattern.items() if isinstance(by_pattern, dict) else ():
        if patterns.search(pattern, key):
            yield member, part.pointer + pointer_of(["patternProperties", pattern])
            return
    extra = part.schema.get("additionalProperties")
    if isinstance(extra, dict):
        yield extra, f"{part.pointer}/additionalProperties"


def _item(part: Part, index: int) -> Iterator[tuple[Json, str]]:
    items = part.schema.get("items")
    keyword = "items" if isinstance(items, list) else "prefixItems"
    prefix = part.schema.get(keyword)
    if _is_list(prefix) and index < len(prefix):
        yield prefix[index], f"{part.pointer}/{keyword}/{index}"
    elif isinstance(items, dict):
        yield items, f"{part.pointer}/items"
    elif isinstance(part.schema.get("additionalProperties"), dict):
        yield part.schema["additionalProperties"], f"{part.pointer}/additionalProperties"


def _is_list(value: Json) -> TypeGuard[list[Json]]:
    return isinstance(value, list)


_NOTHING = object()
