"""How parsers of untyped native formats find a value's type again, right and wrong.

A reader gets one argument and returns its value. M1 to M9 are known causes for which an object
comes back as a string; each reader names the public report that it follows.
"""

import ast
import html
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isinf
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.simulate.schema import branches, member, resolve, type_name, types

__all__ = ["READERS", "Argument", "Reader", "by_schema", "type_at_open"]


@dataclass(frozen=True, slots=True)
class Argument:
    """The text of one argument, its key, its tool's whole schema, and the stream mode."""

    text: str
    key: str
    root: JsonObject
    stream: bool

    @property
    def written(self) -> Any:
        """The argument's schema as the tool writes it, looked for in every branch of unions."""
        found = (member(branch, self.key) for branch in branches(self.root, self.root))
        return next((schema for schema in found if schema is not None), {})

    @property
    def word(self) -> str | None:
        """``type`` of the written schema if it is a single word."""
        word = self.written.get("type") if isinstance(self.written, dict) else None
        return word if isinstance(word, str) else None


Reader = Callable[[Argument], Any]


def by_schema(argument: Argument) -> Any:
    """Look the type up with references and unions followed. As right as the format allows."""
    known = types(argument.written, argument.root)
    if known == {"string"}:
        return argument.text
    value = _load(argument.text)
    if not known:
        return value
    fits = type_name(value) in known or (isinstance(value, int) and "number" in known)
    return value if fits or "string" not in known else argument.text


def quote_all(argument: Argument) -> Any:
    """M1: never look at the schema, every value is a string (antirez/ds4#569)."""
    return argument.text


def top_level_type_only(argument: Argument) -> Any:
    """M2, M3, M4: only what stands in ``properties.X`` itself counts: one type, or an enum.

    What is behind ``$ref``, unions or nullable types counts as a string
    (vllm-project/vllm#46924, sgl-project/sglang#36626, #39136).
    """
    here = argument.root.get("properties", {}).get(argument.key, {})
    if argument.word is None and "enum" in here:
        return by_schema(argument)
    word = argument.word if here else None
    return argument.text if word in (None, "string") else _load(argument.text)


def string_wins_union(argument: Argument) -> Any:
    """M5: a union that has a string in it is a string; so is ``allOf``, so is a mixed enum.

    As in the type inference of SGLang's function_call/utils.py.
    """
    schema = resolve(argument.written, argument.root)
    known = types(schema, argument.root)
    mixed = "enum" in schema and len({type_name(v) for v in schema["enum"]}) > 1
    if "string" in known or "allOf" in schema or mixed:
        return argument.text
    return by_schema(argument)


def type_at_open(argument: Argument) -> Any:
    """M6: in a stream the type is settled before the value is there; unknown means string."""
    return argument.text if argument.stream and argument.word is None else by_schema(argument)


def objects_as_text(argument: Argument) -> Any:
    """M9: a hosted route hands over objects as text, known type or not (Toloka/tolokaforge#362)."""
    value = by_schema(argument)
    return argument.text if isinstance(value, dict) else value


def literal_eval(argument: Argument) -> Any:
    """Read numbers with ``ast.literal_eval`` and turn them back to text where a string is wanted.

    ``123_456`` loses its underscore (sgl-project/sglang#30644).
    """
    value = by_schema(argument)
    if not isinstance(value, str):
        return value
    try:
        number = ast.literal_eval(value.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
    plain = isinstance(number, int | float) and not isinstance(number, bool)
    return str(number) if plain else value


def strip(argument: Argument) -> Any:
    """Strip space around values, also where it belongs to them (sgl-project/sglang#20543)."""
    value = by_schema(argument)
    return value.strip() if isinstance(value, str) else value


def null_wins(argument: Argument) -> Any:
    """A value whose schema admits null becomes null (sgl-project/sglang#16057)."""
    return None if "null" in types(argument.written, argument.root) else by_schema(argument)


def null_text(argument: Argument) -> Any:
    """A null stays the text it was written as (sgl-project/sglang#39136)."""
    return "null" if argument.text == "null" else by_schema(argument)


def guess(argument: Argument) -> Any:
    """Load whatever looks like JSON, strings included (ai-dynamo/frontend-crates#215)."""
    return _load(argument.text)


def unescape_entities(argument: Argument) -> Any:
    """Decode HTML entities of a format that never encodes them (smg-project/smg#1888)."""
    return by_schema(replace(argument, text=html.unescape(argument.text)))


def first_branch(argument: Argument) -> Any:
    """Of a union only the first branch counts (vllm-project/vllm#40195)."""
    schema = resolve(argument.written, argument.root)
    options = schema.get("anyOf") or schema.get("oneOf")
    if not options:
        return by_schema(argument)
    known = types(options[0], argument.root)
    return argument.text if known <= {"string"} else _load(argument.text)


def _load(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_not_json)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, float) and isinf(value) else value


def _not_json(token: str) -> None:
    raise ValueError(token)


READERS: dict[str, Reader] = {
    "quote-all": quote_all,
    "top-level-type-only": top_level_type_only,
    "string-wins-union": string_wins_union,
    "type-at-open": type_at_open,
    "objects-as-text": objects_as_text,
    "literal-eval": literal_eval,
    "strip": strip,
    "null-wins": null_wins,
    "null-text": null_text,
    "guess": guess,
    "unescape-entities": unescape_entities,
    "first-branch": first_branch,
}
