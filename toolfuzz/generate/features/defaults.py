"""``default`` (the right value is another one) and ``const``."""

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.features.base import Feature, Parameter
from toolfuzz.generate.pick import Pick

_DEFAULTS: tuple[tuple[str, JsonObject, tuple[object, ...]], ...] = (
    ("encoding", {"type": "string", "default": "utf-8"}, ("latin-1", "utf-8", "utf-16")),
    ("depth", {"type": "integer", "default": 1}, (3, 1, 10)),
    ("follow", {"type": "boolean", "default": True}, (False, True)),
    ("delay", {"type": "number", "default": 0.5}, (2.5, 0.5, 0.25)),
    ("exclude_paths", {"type": "array", "items": {"type": "string"}, "default": []}, (["a"], [])),
)
_CONSTS: tuple[tuple[str, JsonObject], ...] = (
    ("api_version", {"type": "string", "const": "2024-06-01"}),
    ("schema_version", {"type": "integer", "const": 3}),
    ("confirm", {"type": "boolean", "const": True}),
    ("resource", {"const": "dataset"}),
)


def _default(pick: Pick) -> Parameter:
    name, schema, options = pick.of(_DEFAULTS)
    return Parameter(name, schema, lambda p: p.of(options))


def _const(pick: Pick) -> Parameter:
    name, schema = pick.of(_CONSTS)
    return Parameter(name, schema, lambda p: schema["const"])


FEATURES = (
    Feature(
        "default",
        "a parameter with a default that is not always the right value",
        "constraints",
        parameter=_default,
        keyword="default",
        node=lambda node, place: True,
    ),
    Feature(
        "const",
        "a parameter with a single allowed value",
        "constraints",
        parameter=_const,
        keyword="const",
        node=lambda node, place: True,
    ),
)
