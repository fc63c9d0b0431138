"""What servers say when they refuse a request, and which documented defect that shows.

The wording is all there is to go by. It is matched without case, in the first 20,000 characters;
what matches nothing is nobody's fault as far as one can see.
"""

import re
from typing import Any

from toolfuzz.core import json as strictjson
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import finding

__all__ = ["error_text", "one_line", "refusal"]

_LOOKED_AT = 20_000
_Table = tuple[tuple[str, re.Pattern[str]], ...]


def _table(**phrases: tuple[str, ...]) -> _Table:
    return tuple(
        (slug.replace("_", "-"), re.compile("|".join(alternatives), re.IGNORECASE | re.DOTALL))
        for slug, alternatives in phrases.items()
    )


# In each table the first entry that matches wins.
_OWN_CALL = _table(
    provider_refused_call=(
        "tool_use_failed",
        "failed_generation",
        "failed to call a function",
        "malformed_function_call",
        "unexpected_tool_call",
        "tool call validation failed",
    ),
)
_HISTORY = _table(
    opaque_metadata_required=(
        r"thought_?signature",
        r"missing a \w*signature",
        r"reasoning.{0,40}required",
    ),
    history_args_type=(
        "can only get item pairs",
        "has no attribute 'items'",
        "not a mapping",
        r"arguments.{0,60}(must|should) be.{0,30}(dict|mapping|object|string)",
        r"arguments.{0,60}expected.{0,30}(dict|mapping|object|string)",
    ),
    history_args_reparse=(
        r"pars(e|ing).{0,60}arguments",
        r"decod(e|ing).{0,60}arguments",
        r"arguments.{0,60}(json|parse)",
        "expecting (value|property name|',' delimiter)",
        r"invalid \\{0,2}escape",
    ),
    id_format=(
        r"call_?id\b.{0,80}(must be|match|pattern|length|too long)",
        r"tool call id was .{0,80} but must be",
    ),
    id_rewritten=(
        "no tool call found",
        r"call_?id.{0,80}(not found|unknown|does not exist|invalid)",
        r"unknown tool.?call",
    ),
    pairing_rejected=(
        r"tool_use.{0,60}tool_result",
        r"tool_result.{0,60}tool_use",
        r"tool_call_ids? did not have response",
        "must be followed by tool messages",
        "preceding message with 'tool_calls'",
        r"tool messages?.{0,60}(follow|preced|match)",
        "function response parts",
    ),
)
_TOOLS = _table(
    tool_name_rejected=(
        r"tools?[\[.]\d+\]?\.(\w+\.)?name\b",
        r"(function|tool)[ _]names?\b.{0,80}"
        r"(must|invalid|match|pattern|too long|length|start|contain)",
        r"invalid (function|tool)[ _]name",
    ),
    property_key_rejected=(
        r"propert(y|ies) (keys?|names?)\b.{0,80}(match|pattern|invalid|must)",
        "invalid property (key|name)",
    ),
    schema_rejected=(
        r"json.?schema",
        r"input_?schema",
        r"function_?declarations?",
        r"(invalid|unrecognized|unsupported) schema",
        r"schema.{0,80}(invalid|unsupported|not support)",
        "unknown name",
        "proto field",
        "grammar",
        r"function[._ ]parameters",
        r"\$ref|\$defs",
        "additionalproperties|prefixitems|propertynames",
        r"tools[\[.]\d+\]?\.(\w+\.)*parameters",
    ),
)


def refusal(error: Any, turn: int) -> Finding | None:
    """Return the defect that an error object or text names, if it names one.

    From the second turn on the history is looked at first: it was sent back as it came.
    """
    text = error_text(error)[:_LOOKED_AT]
    for slug, pattern in (*_OWN_CALL, *(_HISTORY if turn else ()), *_TOOLS):
        if pattern.search(text):
            # A refused turn is no guess any more, whatever the catalogue says of its slug.
            return finding(slug, one_line(text), severity="error")
    return None


def error_text(error: Any) -> str:
    """Return an error as text, whatever it is."""
    if isinstance(error, str):
        return error
    try:
        return strictjson.dumps(error)
    except (RecursionError, TypeError, ValueError):
        return "an error that can't be shown"


def one_line(text: str) -> str:
    """Return hostile text as one short printable line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:600]).split())
    return line if len(line) <= 200 else line[:199] + "…"
