"""Which explanation of one and the same fact, or refusal, is told: the certain before the likely.

A value that came as a string may also be outside its enum; the string explains that, and not the
other way round. Each order is that of its tuple: of a value first a member's presence, then types,
texts, and last what the schema alone proves; of a refusal first what only one cause is said by.
"""

__all__ = ["before"]

_VALUES = (
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

_REFUSALS = (
    "parser-hangs",
    "provider-refused-call",
    "opaque-metadata-required",
    "history-args-type",
    "history-args-reparse",
    "id-format",
    "id-rewritten",
    "pairing-rejected",
    "tool-name-rejected",
    "property-key-rejected",
    "schema-rejected",
    "stream-error-midway",
)


def before(slug: str) -> frozenset[str]:
    """Return what is not told of a fact, or of a refusal, that ``slug`` explains."""
    order = _REFUSALS if slug in _REFUSALS else _VALUES
    return frozenset(order[order.index(slug) + 1 :])
