"""Strings that known defects change on their way (classes of canaries)."""

from collections.abc import Callable

from toolfuzz.core.case import Json
from toolfuzz.generate.anything import a_text
from toolfuzz.generate.features.base import Feature, Parameter, Values
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.values import CANARIES, classify

_SUMMARIES = {
    "whitespace": "text with leading, trailing or odd white space and line ends",
    "markup": "text with tags, entities or a model's own delimiters",
    "json": "text that holds JSON or a code fence",
    "number": "text that looks like a number",
    "literal": "text that looks like a literal, a date or a UUID",
    "escape": "text with backslashes, quotes or template marks",
    "unicode": "text outside ASCII: CJK, emoji, combining marks, U+2028",
    "empty": "empty text",
    "long": "text of about 10 kB",
}
_NAMES = ("content", "note", "pattern", "value", "body", "code", "key")


def _drawn(kind: str) -> Callable[[Pick], Parameter]:
    texts = CANARIES[kind]
    values: Values = lambda pick: a_text(pick, texts, _is(kind))  # noqa: E731

    def parameter(pick: Pick) -> Parameter:
        name = pick.of(_NAMES)
        if pick.chance(25):
            schema = {"type": "array", "items": {"type": "string"}}
            return Parameter(f"{name}s", schema, lambda p: p.several(values, 1, 3))
        return Parameter(name, {"type": "string"}, values)

    return parameter


def _is(kind: str) -> Callable[[Json], bool]:
    return lambda value: classify(value) == kind


FEATURES = tuple(
    Feature(
        f"text-{kind}",
        summary,
        "constraints" if kind in ("empty", "long") else "values",
        parameter=_drawn(kind),
        value=_is(kind),
        kinds=(str,),
        opt_in=kind == "long",
        implies=() if kind in ("empty", "long") else ("string",),
    )
    for kind, summary in _SUMMARIES.items()
)
