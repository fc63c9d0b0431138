"""One tool's schema as a document: its draft, its references, validators for its parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import quote

from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
from referencing import Registry, Specification
from referencing.exceptions import NoSuchAnchor, PointerToNowhere, Unresolvable
from referencing.jsonschema import specification_with

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import escape, pointer_of
from toolfuzz.core.metaschema import draft_of, schema_fault
from toolfuzz.core.validation import without_dialects
from toolfuzz.generate.schema.errors import BrokenSchema
from toolfuzz.generate.schema.patterns import UncheckablePattern, with_bounded_patterns
from toolfuzz.generate.schema.regex import parse, repeats_choices

__all__ = ["LONE_SURROGATE", "MOST_LEVELS", "Document", "Site", "has_surrogate", "levels"]

MOST_LEVELS = 100
"""Deeper JSON would exhaust the interpreter's stack in jsonschema itself."""

MOST_NODES = 20_000
"""Larger schemas (in JSON values, of enums too) are refused: no model takes such a tool."""

LONE_SURROGATE = "holds half of a surrogate pair, which is no text"
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_URI = "urn:toolfuzz:tool"


@dataclass(frozen=True, slots=True)
class Base:
    """What references of a subschema are relative to, and the draft it is read by."""

    resolver: Any
    draft: Any

    def at(self, schema: Json) -> "Base":
        """Return the base inside that subschema: an ``$id`` (``id`` in draft 4) changes it."""
        if not isinstance(schema, dict) or not ("$id" in schema or "id" in schema):
            return self
        return Base(self.resolver.in_subresource(self.draft.create_resource(schema)), self.draft)


class Site:
    """A subschema and where it stands. ``key`` is its identity, ``pointer`` is for people."""

    __slots__ = ("base", "key", "pointer", "schema")

    def __init__(self, schema: Json, pointer: str, base: Base, key: str | None = None) -> None:
        self.schema = schema
        self.pointer = pointer
        self.key = pointer if key is None else key
        self.base = base

    def child(self, *path: str | int) -> "Site":
        """Return the subschema below."""
        schema = self.schema
        for step in path:
            schema = schema[step]
        steps = pointer_of(path)
        return Site(schema, self.pointer + steps, self.base.at(schema), self.key + steps)


class Document:
    """A whole schema, read by the draft that it names (else 2020-12, else draft 7).

    Nothing is ever fetched: a reference that leaves the document and is not one of the
    published meta-schemas raises BrokenSchema.
    """

    def __init__(self, schema: JsonObject) -> None:
        """Check the schema itself; raises BrokenSchema with the place that is wrong."""
        _check_size(schema)
        _check_text(schema)
        named = _checked_draft(schema)
        _check_names(schema)
        self._validator = with_bounded_patterns(named)
        self._named = named
        self.schema: JsonObject = without_dialects(schema)
        self._specification = _lenient(specification_with(named.META_SCHEMA.get("$schema", "")))
        resource = self._specification.create_resource(self.schema)
        registry: Registry[Any] = REGISTRY.with_resource(_URI, resource)
        if own := resource.id():
            registry = registry.with_resource(own, resource)
        self.registry = registry.crawl()
        self._validators: dict[str, Any] = {}
        self._parts: set[str] = set()

    @cached_property
    def root(self) -> Site:
        """The whole schema."""
        base = Base(self.registry.resolver(_URI), self._specification)
        return Site(self.schema, "", base.at(self.schema))

    @cached_property
    def _places(self) -> dict[int, str]:
        return {id(node): pointer for pointer, node in _walk(self.schema)}

    @cached_property
    def _whole(self) -> Any:
        return self._validator(self.schema, registry=self.registry)

    def first_error(self, value: Json) -> str | None:
        """Return the JSON path of an error of the value in the whole schema, None for a valid one.

        A value whose validity can't be found out counts as invalid.
        """
        try:
            error = next(self._whole.iter_errors(value), None)
        except (UncheckablePattern, Unresolvable):
            return "$"
        return None if error is None else str(error.json_path)

    def target(self, site: Site, keyword: str) -> Site | None:
        """Return what ``$ref`` or ``$dynamicRef`` means; None for a published meta-schema."""
        reference = site.schema[keyword]
        try:
            found = site.base.resolver.lookup(reference)
        except (PointerToNowhere, NoSuchAnchor, TypeError, ValueError):
            # Of the last two: the pointer goes on below a boolean, or names a member of an array.
            reason = f"{keyword} {reference!r} points nowhere"
        except Unresolvable:
            reason = f"{keyword} {reference!r} leaves the schema and is not fetched"
        else:
            pointer = self._places.get(id(found.contents))
            if pointer is None:
                return None
            self._check_part(found.contents, pointer)
            return Site(found.contents, pointer, Base(found.resolver, site.base.draft))
        raise BrokenSchema(f"{site.pointer}/{keyword}", reason)

    def _check_part(self, part: Json, pointer: str) -> None:
        """Refuse a target that is no schema: the meta-schema sees nothing below odd keywords."""
        if pointer in self._parts:
            return
        fault = schema_fault(part, self._named)
        if fault is not None:
            reason = f"referred to, but not a JSON Schema: {fault.reason}"
            raise BrokenSchema(pointer + fault.pointer, reason)
        self._parts.add(pointer)

    def is_valid(self, site: Site, value: Json) -> bool:
        """Whether the value validates against the subschema at that site."""
        validator = self._validators.get(site.key)
        if validator is None:
            place = {"$ref": f"{_URI}#{quote(site.key)}"}
            validator = self._validators[site.key] = self._validator(place, registry=self.registry)
        try:
            return bool(validator.is_valid(value))
        except UncheckablePattern:
            return False


def _check_size(schema: JsonObject) -> None:
    count = sum(1 for _ in islice(_values(schema), MOST_NODES + 1))
    if count > MOST_NODES:
        raise BrokenSchema("", f"too large to draw from: more than {MOST_NODES:,} values")
    if levels(schema) > MOST_LEVELS:
        raise BrokenSchema("", f"nested more than {MOST_LEVELS} levels deep")


def has_surrogate(text: str) -> bool:
    """Whether the text holds half of a surrogate pair."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def _check_text(schema: JsonObject) -> None:
    """Refuse halves of surrogate pairs: no request can hold them, as they have no UTF-8."""
    for pointer, node in _walk(schema):
        for text in (node, *node) if isinstance(node, dict) else (node,):
            if isinstance(text, str) and has_surrogate(text):
                raise BrokenSchema(_SURROGATE.sub("\ufffd", pointer), LONE_SURROGATE)


def _values(value: Json) -> Iterator[Json]:
    stack = [value]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, dict):
            stack += node.values()
        elif isinstance(node, list):
            stack += node


def levels(value: Json) -> int:
    """Return how deep containers are nested (a scalar is 0), without recursion."""
    deepest, stack = 0, [(value, 0)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        if isinstance(node, dict):
            stack += [(item, depth + 1) for item in node.values()]
        elif isinstance(node, list):
            stack += [(item, depth + 1) for item in node]
    return deepest


def _lenient(draft: Any) -> Any:
    """Return the draft's reading of identifiers, for schemas that referencing itself fails on.

    It takes a property named ``id`` for an identifier, and ``dependencies`` that list names for
    schemas (referencing 0.37).
    """

    def id_of(schema: Any) -> str | None:
        named = isinstance(schema, dict) and schema.get("$id", schema.get("id"))
        found: str | None = draft.id_of(schema) if isinstance(named, str) else None
        return found

    def subresources_of(schema: Any) -> Iterator[Any]:
        for part in draft.subresources_of(schema) if isinstance(schema, dict) else ():
            if isinstance(part, dict | bool):
                yield part

    def anchors_in(specification: Any, schema: Any) -> Iterator[Any]:
        named = isinstance(schema, dict) and schema.get("$id", schema.get("id", ""))
        return iter(draft.anchors_in(schema)) if isinstance(named, str) else iter(())

    specification: Any = Specification
    return specification(
        name=draft.name,
        id_of=id_of,
        subresources_of=subresources_of,
        maybe_in_subresource=draft.maybe_in_subresource,
        anchors_in=anchors_in,
    )


def _checked_draft(schema: JsonObject) -> Any:
    draft, fault = draft_of(schema)
    if fault is not None:
        raise BrokenSchema(fault.pointer, f"not a JSON Schema: {fault.reason}")
    return draft


def _check_names(schema: JsonObject) -> None:
    """Refuse what jsonschema might hang on.

    It finds out which members are unevaluated by Python's ``re``, which knows no time limit.
    """
    nodes = [(pointer, node) for pointer, node in _walk(schema) if isinstance(node, dict)]
    if not any("unevaluatedProperties" in node for _, node in nodes):
        return
    for pointer, node in nodes:
        named = node.get("patternProperties")
        for pattern in named if isinstance(named, dict) else ():
            if repeats_choices(parse(pattern) or ()):
                reason = f"pattern {pattern[:80]!r} may take forever beside unevaluatedProperties"
                raise BrokenSchema(pointer, reason)


def _walk(schema: Json) -> Iterator[tuple[str, Json]]:
    stack: list[tuple[str, Json]] = [("", schema)]
    while stack:
        pointer, node = stack.pop()
        yield pointer, node
        if isinstance(node, dict):
            stack += [(f"{pointer}/{escape(key)}", item) for key, item in node.items()]
        elif isinstance(node, list):
            stack += [(f"{pointer}/{n}", item) for n, item in enumerate(node)]
