"""Maps: objects with keys of the caller's own (``additionalProperties``, ``propertyNames``)."""

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.anything import of_type
from toolfuzz.generate.features.base import SCALARS, Feature, Parameter, Place, Values, object_of
from toolfuzz.generate.names import ENTRIES
from toolfuzz.generate.pick import Pick


def _entries(values: Values, keys: tuple[str, ...] = ENTRIES) -> Values:
    return lambda pick: {key: values(pick) for key in pick.some(keys, 1, 3)}


def _map(pick: Pick) -> Parameter:
    item = pick.of(SCALARS).schema
    schema = {"type": "object", "additionalProperties": item}
    values = _entries(lambda p: of_type(p, str(item["type"])))
    return Parameter(pick.of(("labels", "env", "variables", "quotas")), schema, values)


def _of_objects(pick: Pick) -> Parameter:
    item, values = object_of(pick, 1, 2)
    schema = {"type": "object", "additionalProperties": item}
    return Parameter(pick.of(("regions", "users", "services")), schema, _entries(values))


_CAPITALS = ("HOME", "PATH", "API_URL", "LOG_LEVEL", "REGION")


def _named(pick: Pick) -> Parameter:
    item = pick.of(SCALARS)
    schema: JsonObject = {
        "type": "object",
        "propertyNames": {"pattern": "^[A-Z_]+$"},
        "additionalProperties": item.schema,
    }
    return Parameter(
        pick.of(("environment_variables", "secrets")), schema, _entries(item.values, _CAPITALS)
    )


def _holds_objects(node: JsonObject, place: Place) -> bool:
    item = node["additionalProperties"]
    return isinstance(item, dict) and item.get("type") == "object"


FEATURES = (
    Feature(
        "map",
        "an object with free keys and typed values",
        "containers",
        parameter=_map,
        keyword="additionalProperties",
        node=lambda node, place: isinstance(node["additionalProperties"], dict),
    ),
    Feature(
        "map-of-objects",
        "a map whose values are objects",
        "containers",
        parameter=_of_objects,
        keyword="additionalProperties",
        node=_holds_objects,
        implies=("map", "object"),
    ),
    Feature(
        "property-names",
        "a map whose keys must match a pattern",
        "containers",
        parameter=_named,
        keyword="propertyNames",
        node=lambda node, place: True,
        implies=("map",),
    ),
)
