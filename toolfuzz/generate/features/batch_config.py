"""The data-import shape: several objects, each of which repeats the same settings object."""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.features.base import (
    Feature,
    Parameter,
    fields,
    object_schema,
    object_values,
)
from toolfuzz.generate.pick import Pick

_NAMES = ("batches", "jobs", "imports", "deployments")
_SOURCES = ("data/a.csv", "data/b.csv", "data/c.csv", "archive/2024/d.csv")


def _batch_config(pick: Pick) -> Parameter:
    shared = fields(pick, 2, 4)
    settings = object_schema(shared)
    item: JsonObject = {
        "type": "object",
        "properties": {
            "batch_number": {"type": "integer"},
            "file_path": {"type": "string"},
            "environment": settings,
        },
        "required": ["batch_number", "file_path", "environment"],
    }
    draw_settings = object_values(shared)

    def values(p: Pick) -> Json:
        same = draw_settings(p)
        start = p.below(100)
        return [
            {
                "batch_number": start + n,
                "file_path": _SOURCES[(start + n) % len(_SOURCES)],
                "environment": dict(same),
            }
            for n in range(p.within(3, 5))
        ]

    return Parameter(pick.of(_NAMES), {"type": "array", "minItems": 1, "items": item}, values)


def _repeats_an_object(value: Json) -> bool:
    """Whether the list holds 3+ objects that share an equal object under the same key."""
    if len(value) < 3 or not isinstance(value[0], dict):
        return False
    return any(
        isinstance(inner, dict)
        and bool(inner)
        and all(isinstance(other, dict) and other.get(key) == inner for other in value)
        for key, inner in value[0].items()
    )


FEATURES = (
    Feature(
        "batch-config",
        "three or more objects that repeat the same nested settings",
        "containers",
        parameter=_batch_config,
        value=_repeats_an_object,
        kinds=(list,),
        implies=("object", "array-of-objects"),
    ),
)
