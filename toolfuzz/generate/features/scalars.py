"""Parameters of the four scalar types."""

from collections.abc import Callable

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.features.base import SCALARS, Feature, Parameter, Place
from toolfuzz.generate.pick import Pick

_BY_TYPE = {
    kind: tuple(p for p in SCALARS if p.schema["type"] == kind)
    for kind in ("string", "integer", "number", "boolean")
}


def _drawn(kind: str) -> Callable[[Pick], Parameter]:
    return lambda pick: pick.of(_BY_TYPE[kind])


def _is(kind: str) -> Callable[[JsonObject, Place], bool]:
    return lambda node, place: node["type"] == kind and "enum" not in node


FEATURES = tuple(
    Feature(
        kind,
        f"a parameter of type {kind}",
        "values",
        parameter=_drawn(kind),
        keyword="type",
        types=(kind,),
        node=_is(kind),
    )
    for kind in _BY_TYPE
)
