"""Patterns (anchored, unanchored, with ``\\d``, nested groups) and formats."""

from collections.abc import Callable

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.features.base import Feature, Parameter, Place
from toolfuzz.generate.pick import Pick

Options = tuple[tuple[str, str, tuple[str, ...]], ...]

_ANCHORED: Options = (
    ("sku", "^[A-Z]{2}-[0-9]{4}$", ("AB-0001", "ZZ-9999", "QX-0420")),
    ("color", "^#[0-9a-f]{6}$", ("#000000", "#ff8800", "#00cafe")),
    ("bucket", "^[a-z][a-z0-9-]{2,30}$", ("logs", "my-bucket-7", "a00")),
)
_UNANCHORED: Options = (
    ("filename", "[.]csv", ("a.csv", "data.csv.gz", "x/.csv/y")),
    ("expression", "[0-9]", ("7", "room 12", "x1y2")),
)
_DIGIT: Options = (
    ("phone", "^\\+\\d{2} \\d{3,8}$", ("+49 1234567", "+44 123")),
    ("build", "^v\\d+\\.\\d+$", ("v1.0", "v20.11")),
    ("word", "^\\w+\\s\\w+$", ("two words", "a b")),
)
_NESTED: Options = (
    ("cron", "^(\\*|([0-9]{1,2}(,[0-9]{1,2})*))( (\\*|[0-9]+)){4}$", ("* * * * *", "5,35 8 * * 1")),
    ("host", "^(([a-z0-9]+-)*[a-z0-9]+\\.)+[a-z]{2,6}$", ("example.org", "a-b.c.co")),
)
_FORMATS: Options = (
    ("since", "date", ("2024-02-29", "1999-12-31")),
    ("due", "date-time", ("2024-01-31T08:00:00Z", "2030-06-30T23:59:59+02:00")),
    ("request_id", "uuid", ("7b0c1e9e-2f7a-4d57-9f1a-3a3f0b1c2d4e",)),
    ("contact", "email", ("alice@example.org", "a.b+c@example.com")),
    ("callback", "uri", ("https://example.org/hook?x=1&y=2#z",)),
    ("address", "ipv4", ("10.0.0.1", "192.168.100.200")),
)


def _drawn(keyword: str, options: Options) -> Callable[[Pick], Parameter]:
    def parameter(pick: Pick) -> Parameter:
        name, constraint, texts = pick.of(options)
        return Parameter(name, {"type": "string", keyword: constraint}, lambda p: p.of(texts))

    return parameter


def _pattern(test: Callable[[str], bool]) -> Callable[[JsonObject, Place], bool]:
    def spotted(node: JsonObject, place: Place) -> bool:
        pattern: Json = node["pattern"]
        return isinstance(pattern, str) and test(pattern)

    return spotted


def _is_anchored(pattern: str) -> bool:
    return pattern.startswith("^") and pattern.endswith("$")


FEATURES = (
    Feature(
        "pattern-anchored",
        "text with a pattern between ^ and $",
        "constraints",
        parameter=_drawn("pattern", _ANCHORED),
        keyword="pattern",
        node=_pattern(_is_anchored),
    ),
    Feature(
        "pattern-unanchored",
        "text with a pattern that may match anywhere",
        "constraints",
        parameter=_drawn("pattern", _UNANCHORED),
        keyword="pattern",
        node=_pattern(lambda pattern: not _is_anchored(pattern)),
    ),
    Feature(
        "pattern-class",
        "text with a pattern that uses \\d, \\w or \\s",
        "constraints",
        parameter=_drawn("pattern", _DIGIT),
        keyword="pattern",
        node=_pattern(lambda pattern: any(c in pattern for c in ("\\d", "\\w", "\\s"))),
        implies=("pattern-anchored",),
    ),
    Feature(
        "pattern-nested",
        "text with a pattern of nested groups",
        "constraints",
        parameter=_drawn("pattern", _NESTED),
        keyword="pattern",
        node=_pattern(lambda pattern: "((" in pattern or "(\\*|(" in pattern),
        implies=("pattern-anchored",),
    ),
    Feature(
        "format",
        "text with a format: date, date-time, uuid, email, uri, ipv4",
        "constraints",
        parameter=_drawn("format", _FORMATS),
        keyword="format",
        node=lambda node, place: node.get("type") == "string",
    ),
)
