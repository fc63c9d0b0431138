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
from toolfuzz.core.jsonvalue import kind_of
from toolfuzz.judge.faults.schema import branches, member, resolve, types

__all__ = ["READERS", "Argument", "Reader", "argument", "by_schema", "type_at_open"]


@dataclass(frozen=True, slots=True)
class Argument:
    """The text of one argument, its key, its tool's whole schema, and the stream mode.

    ``written`` is the argument's own schema as the tool writes it.
    """

    text: str
    key: str
    root: JsonObject
    stream: bool
    written: Any = None

    @property
    def word(self) -> str | None:
        """``type`` of the written schema if it is a single word."""
        word = self.written.get("type") if isinstance(self.written, dict) else None
        return word if isinstance(word, str) else None


def argument(text: str, key: str, root: JsonObject, stream: bool) -> Argument:
    """Return the argument with its schema, looked for in every branch of unions."""
    found = (member(branch, key) for branch in branches(root, root))
    written: Any = next((schema for schema in found if schema is not None), {})
    return Argument(text, key, root, stream, written)


Reader = Callable[[Argument], Any]


def by_schema(given: Argument) -> Any:
    """Look the type up with references and unions followed. As right as the format allows."""
    known = types(given.written, given.root)
    if known == {"string"}:
        return given.text
    value = _load(given.text)
    if not known:
        return value
    fits = kind_of(value) in known or (isinstance(value, int) and "number" in known)
    return value if fits or "string" not in known else given.text


def quote_all(given: Argument) -> Any:
    """M1: never look at the schema, every value is a string (antirez/ds4#569)."""
    return given.text


def top_level_type_only(given: Argument) -> Any:
    """M2, M3, M4: only what stands in ``properties.X`` itself counts: one type, or an enum.

    What is behind ``$ref``, unions or nullable types counts as a string
    (vllm-project/vllm#46924, sgl-project/sglang#36626, #39136).
    """
    here = given.root.get("properties", {}).get(given.key, {})
    if given.word is None and "enum" in here:
        return by_schema(given)
    word = given.word if here else None
    return given.text if word in (None, "string") else _load(given.text)


def string_wins_union(given: Argument) -> Any:
    """M5: a union that has a string in it is a string; so is ``allOf``, so is a mixed enum.

    As in the type inference of SGLang's function_call/utils.py.
    """
    schema = resolve(given.written, given.root)
    known = types(schema, given.root)
    mixed = "enum" in schema and len({kind_of(v) for v in schema["enum"]}) > 1
    if "string" in known or "allOf" in schema or mixed:
        return given.text
    return by_schema(given)


def type_at_open(given: Argument) -> Any:
    """M6: in a stream the type is settled before the value is there; unknown means string."""
    return given.text if given.stream and given.word is None else by_schema(given)


def objects_as_text(given: Argument) -> Any:
    """M9: a hosted route hands over objects as text, known type or not (Toloka/tolokaforge#362)."""
    value = by_schema(given)
    return given.text if isinstance(value, dict) else value


def literal_eval(given: Argument) -> Any:
    """Read numbers with ``ast.literal_eval`` and turn them back to text where a string is wanted.

    ``123_456`` loses its underscore (sgl-project/sglang#30644).
    """
    value = by_schema(given)
    if not isinstance(value, str):
        return value
    try:
        number = ast.literal_eval(value.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
    plain = isinstance(number, int | float) and not isinstance(number, bool)
    return str(number) if plain else value


def strip(given: Argument) -> Any:
    """Strip space around values, also where it belongs to them (sgl-project/sglang#20543)."""
    value = by_schema(given)
    return value.strip() if isinstance(value, str) else value


def null_wins(given: Argument) -> Any:
    """A value whose schema admits null becomes null (sgl-project/sglang#16057)."""
    return None if "null" in types(given.written, given.root) else by_schema(given)


def null_text(given: Argument) -> Any:
    """A null stays the text it was written as (sgl-project/sglang#39136)."""
    return "null" if given.text == "null" else by_schema(given)


def guess(given: Argument) -> Any:
    """Load whatever looks like JSON, strings included (ai-dynamo/frontend-crates#215)."""
    return _load(given.text)


def unescape_entities(given: Argument) -> Any:
    """Decode HTML entities of a format that never encodes them (smg-project/smg#1888)."""
    return by_schema(replace(given, text=html.unescape(given.text)))


def first_branch(given: Argument) -> Any:
    """Of a union only the first branch counts (vllm-project/vllm#40195)."""
    schema = resolve(given.written, given.root)
    options = schema.get("anyOf") or schema.get("oneOf")
    if not options:
        return by_schema(given)
    known = types(options[0], given.root)
    return given.text if known <= {"string"} else _load(given.text)


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
