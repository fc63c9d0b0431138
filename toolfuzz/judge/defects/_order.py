"""Which explanation of one and the same fact is told: the certain before the likely.

A value that came as a string may also be outside its enum; the string explains that, and not the
other way round. The order is that of the tuple, first a member's presence, then types, texts, and
last what the schema alone proves.
"""

__all__ = ["before"]

_ORDER = (
    "schema-mutated",
    "recursive-collapse",
    "parameter-dropped-by-parser",
    "schema-ref-invisible",
    "optional-null",
    "optional-placeholder",
    "missing-required",
    "args-unicode-corrupt",
    "whitespace-stripped",
    "whitespace-added",
    "delimiter-truncated",
    "value-emptied",
    "enum-type-mismatch",
    "null-as-string",
    "boolean-as-string",
    "boolean-as-alias",
    "integer-as-float",
    "integer-precision-loss",
    "number-as-string",
    "array-as-json-string",
    "object-as-json-string",
    "nested-stringified",
    "string-array-wrapped",
    "html-entity-encoded",
    "html-entity-decoded",
    "escape-level-shift",
    "reasoning-leak-in-args",
    "args-native-markup",
    "string-normalised",
    "container-as-python-repr",
    "array-item-wrapped",
    "scalar-for-array",
    "array-as-delimited-string",
    "string-as-container",
    "string-as-scalar",
    "value-nulled",
    "container-as-opaque-string",
    "enum-case",
    "tuple-violated",
    "enum-violation",
    "union-branch-invalid",
    "constraint-violation",
    "default-const-ignored",
)


def before(slug: str) -> frozenset[str]:
    """Return what is not told of a fact that ``slug`` explains."""
    return frozenset(_ORDER[_ORDER.index(slug) + 1 :])
