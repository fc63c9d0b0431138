"""Empty containers as expected values."""

from toolfuzz.generate.features.base import SCALARS, Feature, Parameter, object_of
from toolfuzz.generate.pick import Pick


def _object(pick: Pick) -> Parameter:
    schema, _ = object_of(pick, 1, 3)
    del schema["required"]
    return Parameter(pick.of(("overrides", "filters", "headers")), schema, lambda p: {})


def _array(pick: Pick) -> Parameter:
    item = pick.of(SCALARS)
    schema = {"type": "array", "items": item.schema}
    return Parameter(pick.of(("tags", "exclude", "attachments")), schema, lambda p: [])


FEATURES = (
    Feature(
        "empty-object",
        "an empty object as the right value of a parameter",
        "containers",
        parameter=_object,
        value=lambda value: not value,
        kinds=(dict,),
        implies=("object",),
    ),
    Feature(
        "empty-array",
        "an empty array as the right value of a parameter",
        "containers",
        parameter=_array,
        value=lambda value: not value,
        kinds=(list,),
        implies=("array-of-scalars",),
    ),
)
