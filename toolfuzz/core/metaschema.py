"""Which draft of JSON Schema a schema is written in, and where it breaks that draft's rules."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import pointer_of

__all__ = ["SchemaFault", "draft_of", "registry", "schema_fault"]


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """Where (JSON pointer) a schema breaks the rules of its own draft, and how."""

    pointer: str
    reason: str


def draft_of(schema: Json) -> tuple[Any, SchemaFault | None]:
    """Return the jsonschema class by whose draft the schema is read, and what it breaks of it.

    The draft is the one that ``$schema`` names; else 2020-12 or, where the schema is none of that
    but one of draft 7, that.
    """
    import jsonschema

    newest = jsonschema.Draft202012Validator
    if isinstance(schema, dict) and isinstance(schema.get("$schema"), str):
        named = jsonschema.validators.validator_for(schema, default=newest)
        return named, schema_fault(schema, named)
    fault = schema_fault(schema, newest)
    if fault is not None and schema_fault(schema, jsonschema.Draft7Validator) is None:
        return jsonschema.Draft7Validator, None
    return newest, fault


def schema_fault(schema: Json, draft: Any) -> SchemaFault | None:
    """Check a schema, or a part of one, against the meta-schema of its draft; None: it is one.

    Formats are not asserted: a pattern that can't be read concerns only its own part.
    """
    error = next(_meta_validator(draft).iter_errors(schema), None)
    if error is None:
        return None
    error = _deepest(error)
    return SchemaFault(pointer_of(error.absolute_path), " ".join(error.message.split())[:200])


@lru_cache(maxsize=8)
def _meta_validator(draft: Any) -> Any:
    """Return a validator of the meta-schema, with its vocabularies put into one schema.

    Split up, as 2019-09 and 2020-12 are published, a check takes four times as long.
    """
    import jsonschema

    meta = draft.META_SCHEMA
    parts = [registry().contents(part["$ref"]) for part in _vocabularies(meta)]
    if not parts:
        return draft(meta)
    flat: JsonObject = {"type": ["object", "boolean"], "properties": {}, "$defs": {}}
    for part in (*parts, meta):
        for keyword in ("properties", "$defs"):
            flat[keyword] |= _undynamic(part.get(keyword, {}))
    return jsonschema.Draft202012Validator(flat)


def _vocabularies(meta: JsonObject) -> list[JsonObject]:
    base = str(meta.get("$id", "")).rpartition("/")[0]
    return [{"$ref": f"{base}/{part['$ref']}"} for part in meta.get("allOf", ())]


def _undynamic(node: Json) -> Json:
    if isinstance(node, list):
        return [_undynamic(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _undynamic(item) for key, item in node.items()}
    for word in ("$ref", "$dynamicRef", "$recursiveRef"):
        if isinstance(node.get(word), str):
            copy["$ref"] = f"#{copy.pop(word).partition('#')[2]}".replace("#meta", "#")
    return copy


def _deepest(error: Any) -> Any:
    """Of an error that sums up others (no branch of a union fits), the one that went furthest."""
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    return error


@lru_cache(maxsize=1)
def registry() -> Any:
    """Return the published meta-schemas and nothing else: a remote ``$ref`` is never fetched."""
    return import_module("jsonschema_specifications").REGISTRY
