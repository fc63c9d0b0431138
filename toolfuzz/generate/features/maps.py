"""Maps: objects with keys of the caller's own (``additionalProperties``, ``propertyNames``)."""

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.anything import of_type
from toolfuzz.generate.features.base import SCALARS, Feature, Parameter, Values, object_of
from toolfuzz.generate.names import ENTRIES
from toolfuzz.generate.pick import Pick


def _entries(values: Values, keys: tuple[str, ...] = ENTRIES) -> Values:
    return lambda pick: {key: values(pick) for key in pick.some(keys, 1, 3)}


def _map(pick: Pick) -> Parameter:
    if pick.chance(30):
        item, values = object_of(pick, 1, 2)
    else:
        scalar = pick.of(SCALARS)
        kind = str(scalar.schema["type"])
        item, values = scalar.schema, lambda p: of_type(p, kind)
    schema = {"type": "object", "additionalProperties": item}
    return Parameter(pick.of(("labels", "env", "variables", "quotas")), schema, _entries(values))


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
        "property-names",
        "a map whose keys must match a pattern",
        "containers",
        parameter=_named,
        keyword="propertyNames",
        node=lambda node, place: True,
        implies=("map",),
    ),
)
