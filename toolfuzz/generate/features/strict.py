"""``strict: true``, only on schemas that lie within the documented subset.

OpenAI's strict mode wants every object closed (``additionalProperties: false``) and every
property required: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
"""

from toolfuzz.core.case import Json
from toolfuzz.generate.features.base import Draft, Feature
from toolfuzz.generate.pick import Pick

__all__ = ["closed"]

_REFUSED = frozenset(
    (
        *("allOf", "oneOf", "not", "if", "then", "else"),
        *("dependentRequired", "dependentSchemas", "patternProperties", "propertyNames"),
        *("prefixItems", "uniqueItems", "minProperties", "maxProperties"),
        *("minLength", "maxLength", "default", "nullable", "definitions"),
    )
)
_FORMATS = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
)


def closed(schema: Json) -> Json | None:
    """Return the schema with every object closed; None when strict mode would refuse it."""
    if not isinstance(schema, dict) or _REFUSED & schema.keys():
        return None
    if not {"type", "$ref", "anyOf"} & schema.keys():
        return None
    if schema.get("format", "date") not in _FORMATS:
        return None
    done = dict(schema)
    if "properties" in schema:
        if set(schema.get("required", ())) != set(schema["properties"]):
            return None
        done["additionalProperties"] = False
    elif schema.get("type") == "object":
        return None
    if schema.get("additionalProperties", False) is not False:
        return None
    if schema.get("type") == "array" and not schema.get("items"):
        return None
    for keyword in ("properties", "$defs"):
        if keyword in schema:
            done[keyword] = {name: closed(node) for name, node in schema[keyword].items()}
            if None in done[keyword].values():
                return None
    if "items" in schema:
        done["items"] = closed(schema["items"])
        if done["items"] is None:
            return None
    if "anyOf" in schema:
        done["anyOf"] = [closed(node) for node in schema["anyOf"]]
        if None in done["anyOf"]:
            return None
    return done


def _strict(pick: Pick, draft: Draft) -> None:
    draft.strict = True


FEATURES = (
    Feature(
        "strict",
        "strict: true on a schema within the strict subset",
        "tools",
        change=_strict,
        tool=lambda tool: tool.strict,
        excludes=("no-arg", "optional", "all-optional"),
    ),
)
