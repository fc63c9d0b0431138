"""One tool's schema as a document: its draft, its references, validators for its parts."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import quote

from jsonschema import Draft7Validator, Draft202012Validator, SchemaError
from jsonschema.validators import validator_for
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
from referencing import Registry
from referencing.exceptions import NoSuchAnchor, PointerToNowhere, Unresolvable
from referencing.jsonschema import DRAFT202012, specification_with

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import escape, pointer_of
from toolfuzz.generate.schema.backtracking import takes_forever
from toolfuzz.generate.schema.errors import BrokenSchema

__all__ = ["MOST_LEVELS", "Document", "Site", "levels"]

MOST_LEVELS = 100
"""Deeper JSON would exhaust the interpreter's stack in jsonschema itself."""

_URI = "urn:toolfuzz:tool"


class Site:
    """A subschema and where it stands. ``key`` is its identity, ``pointer`` is for people."""

    __slots__ = ("key", "pointer", "resolver", "schema")

    def __init__(self, schema: Json, pointer: str, resolver: Any, key: str | None = None) -> None:
        self.schema = schema
        self.pointer = pointer
        self.key = pointer if key is None else key
        self.resolver = resolver

    def child(self, *path: str | int) -> "Site":
        """Return the subschema below, following the base URI that an ``$id`` sets."""
        schema = self.schema
        for step in path:
            schema = schema[step]
        steps = pointer_of(path)
        return Site(schema, self.pointer + steps, _rebased(schema, self.resolver), self.key + steps)


class Document:
    """A whole schema, read by the draft that it names (else 2020-12, else draft 7).

    Nothing is ever fetched: a reference that leaves the document and is not one of the
    published meta-schemas raises BrokenSchema.
    """

    def __init__(self, schema: JsonObject) -> None:
        """Check the schema itself; raises BrokenSchema with the place that is wrong."""
        self.schema = schema
        if levels(schema) > MOST_LEVELS:
            raise BrokenSchema("", f"nested more than {MOST_LEVELS} levels deep")
        self.draft = _draft(schema)
        _check_patterns(schema)
        resource = specification_with(self.draft.META_SCHEMA["$schema"]).create_resource(schema)
        registry: Registry[Any] = REGISTRY.with_resource(_URI, resource)
        if own := resource.id():
            registry = registry.with_resource(own, resource)
        self.registry = registry.crawl()
        self._validators: dict[str, Any] = {}

    @cached_property
    def root(self) -> Site:
        """The whole schema."""
        return Site(self.schema, "", _rebased(self.schema, self.registry.resolver(_URI)))

    @cached_property
    def _places(self) -> dict[int, str]:
        return {id(node): pointer for pointer, node in _walk(self.schema)}

    @cached_property
    def validator(self) -> Any:
        """The jsonschema validator of the whole; it has no way to fetch anything."""
        return self.draft(self.schema, registry=self.registry)

    def target(self, site: Site, keyword: str) -> Site | None:
        """Return what ``$ref`` or ``$dynamicRef`` means; None for a published meta-schema."""
        reference = site.schema[keyword]
        try:
            found = site.resolver.lookup(reference)
        except (PointerToNowhere, NoSuchAnchor):
            reason = f"{keyword} {reference!r} points nowhere"
        except Unresolvable:
            reason = f"{keyword} {reference!r} leaves the schema and is not fetched"
        else:
            pointer = self._places.get(id(found.contents))
            return None if pointer is None else Site(found.contents, pointer, found.resolver)
        raise BrokenSchema(f"{site.pointer}/{keyword}", reason)

    def is_valid(self, site: Site, value: Json) -> bool:
        """Whether the value validates against the subschema at that site."""
        validator = self._validators.get(site.key)
        if validator is None:
            place = {"$ref": f"{_URI}#{quote(site.key)}"}
            validator = self._validators[site.key] = self.draft(place, registry=self.registry)
        valid: bool = validator.is_valid(value)
        return valid


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


def _draft(schema: JsonObject) -> Any:
    drafts: tuple[Any, ...] = (Draft202012Validator, Draft7Validator)
    if "$schema" in schema:
        drafts = (validator_for(schema, default=Draft202012Validator),)
    first: SchemaError | None = None
    for draft in drafts:
        try:
            draft.check_schema(schema)
        except SchemaError as error:
            first = first or error
        else:
            return draft
    assert first is not None
    pointer = pointer_of(first.absolute_path)
    if first.validator == "format":
        reason = f"not a regular expression that Python can read: {str(first.instance)[:100]!r}"
    else:
        reason = f"not a JSON Schema: {' '.join(first.message.split())[:200]}"
    raise BrokenSchema(pointer, reason)


def _check_patterns(schema: Json) -> None:
    """Refuse what jsonschema would hang on: values are checked against all branches of a union."""
    for pointer, node in _walk(schema):
        if not isinstance(node, dict):
            continue
        named = node.get("patternProperties")
        for pattern in (node.get("pattern"), *(named if isinstance(named, dict) else ())):
            if isinstance(pattern, str) and takes_forever(pattern):
                raise BrokenSchema(pointer, f"pattern {pattern[:80]!r} can take forever to check")


def _rebased(schema: Json, resolver: Any) -> Any:
    if isinstance(schema, dict) and isinstance(schema.get("$id"), str):
        named = specification_with(str(schema.get("$schema")), default=DRAFT202012)
        return resolver.in_subresource(named.create_resource(schema))
    return resolver


def _walk(schema: Json) -> Iterator[tuple[str, Json]]:
    stack: list[tuple[str, Json]] = [("", schema)]
    while stack:
        pointer, node = stack.pop()
        yield pointer, node
        if isinstance(node, dict):
            stack += [(f"{pointer}/{escape(key)}", item) for key, item in node.items()]
        elif isinstance(node, list):
            stack += [(f"{pointer}/{n}", item) for n, item in enumerate(node)]
