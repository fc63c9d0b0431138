"""Calls that went into text instead of tool_calls, or into both."""

import re
from collections.abc import Collection, Iterator
from itertools import islice

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import equal
from toolfuzz.core.text import clip
from toolfuzz.core.validation import fits
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.markup import (
    Written,
    ends_with,
    in_fence,
    is_whole,
    marker_begun,
    mention_end,
    written_calls,
)
from toolfuzz.judge.strays import spilled, stray_markers

__all__ = [
    "arguments_alone",
    "leaked",
    "leaked_for_sure",
    "marker_left",
    "parameters_alone",
    "remains",
    "said_in",
    "scalars",
    "texts_in",
    "traces",
]

_PARAMETER = re.compile(r"<parameter(?:=|\s+name\s*=\s*[\"'])([\w.-]{1,200})[\"']?>")
_PARAMETERS = re.compile(rf"\s*{_PARAMETER.pattern}")
_CONTEXT = 12
_MOST_MENTIONS = 20
_LONGEST_ARGUMENTS = 200_000


def traces(facts: Facts, called: Collection[str]) -> tuple[str, Written] | None:
    """Return where the calls' own markup stands beside them, and what it says."""
    for place, text in (("text", facts.reply.text), ("reasoning", facts.reply.reasoning)):
        for found in _unquoted(facts, text, native=place == "reasoning", beside_call=True):
            if mention_end(text, found) is None and (found.native or found.tool in called):
                return place, found
    return None


def remains(facts: Facts) -> str | None:
    """Return what else of the calls stands in the text beside them: markers, or their values."""
    text = _without_mentions(facts)
    if not text.strip():
        return None
    said = ""
    for marker in stray_markers(text):
        said = said or said_in(facts)
        if marker not in said:
            return f"the marker {marker!r}"
    sent = [_object(call.arguments_raw) for call in facts.calls]
    again = _object(text)
    if again and text.strip() not in said_in(facts) and any(equal(again, value) for value in sent):
        return "the arguments"
    values = [list(value.values()) for value in sent if value]
    return "the values of the arguments" if spilled(text, values) else None


def _without_mentions(facts: Facts) -> str:
    """Return the text without the forms of calls that its sentences are about."""
    text = facts.reply.text
    found = written_calls(text, [tool.name for tool in facts.case.tools]) if text.strip() else ()
    spans = [(one.start, mention_end(text, one)) for one in islice(found, _MOST_MENTIONS)]
    for start, end in sorted(spans, reverse=True):
        text = text if end is None else f"{text[:start]}{text[end:]}"
    return text


def marker_left(facts: Facts) -> str | None:
    """Return the beginning of a call marker with which a streamed text ends."""
    reply = facts.reply
    begun = marker_begun(reply.text) if reply.stream else None
    return begun if begun and not _quoted(facts, reply.text, begun) else None


def leaked(
    facts: Facts, text: str, *, native: bool = False, beside_call: bool = False
) -> Written | None:
    """Return the first call in the text that was not quoted from the question.

    ``native`` leaves out forms without markers of their own. Beside a structured call, these
    count only when they are all the text: models like to say what they are about to do.
    """
    return next(_unquoted(facts, text, native=native, beside_call=beside_call), None)


def leaked_for_sure(facts: Facts) -> Written | None:
    """Return a call in the text where nobody knows whether one was right.

    It must be all of the text. Where no answer is known at all prose may come before it: whoever
    explains a form quotes it, or goes on after it.
    """
    text = facts.reply.text
    unknown = facts.turn.expect.kind == "unknown"
    for found in _unquoted(facts, text, native=not unknown):
        if is_whole(text, found):
            return found
        if unknown and found.native and ends_with(text, found):
            return found
    return None


def arguments_alone(facts: Facts, text: str) -> Written | None:
    """Return the call whose arguments, without its name, are the end of the text.

    They must be those that were asked for, or else fit only one of the offered tools.
    """
    text = text.rstrip()
    if not text.endswith("}") or len(text) > _LONGEST_ARGUMENTS:
        return None
    for start in _openings(text):
        value = _object(text[start:])
        if value is None:
            continue
        tool = _tool_of(facts, value)
        quoted = text[start:] in said_in(facts)
        return None if tool is None or quoted else Written("bare", tool, clip(text[start:]), False)
    return None


def parameters_alone(facts: Facts, text: str) -> Written | None:
    """Return the call whose parameters, each in a tag, are all the text: its head was taken out."""
    names = set(_PARAMETER.findall(text)) if _PARAMETERS.match(text) else set()
    if not names or text in said_in(facts):
        return None
    for tool in facts.case.tools:
        if names <= (tool.parameters.get("properties") or {}).keys():
            return Written("parameters", tool.name, clip(text), True)
    return None


def _openings(text: str) -> Iterator[int]:
    """Yield where an object that ends the text may begin."""
    start = 0
    for _ in range(20):
        start = text.find("{", start)
        if start < 0:
            return
        yield start
        start += 1


def _tool_of(facts: Facts, value: JsonObject) -> str | None:
    expect = facts.turn.expect
    if not value:
        return None
    if expect.kind == "calls" and expect.compare == "exact":
        return next((c.tool for c in expect.calls if equal(c.arguments, value)), None)
    fitting = [
        tool.name
        for tool in facts.case.tools
        if tool.parameters.get("required") and fits(tool.parameters, value)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _object(raw: str | None) -> JsonObject | None:
    try:
        value = strictjson.parse(raw or "").value
    except strictjson.JsonError:
        return None
    return value if isinstance(value, dict) else None


def _unquoted(
    facts: Facts, text: str, *, native: bool = False, beside_call: bool = False
) -> Iterator[Written]:
    if not text.strip():
        return
    said = said_in(facts)
    for found in written_calls(text, [tool.name for tool in facts.case.tools]):
        if native and not found.native:
            continue
        shown = not found.native or in_fence(text, found)
        if beside_call and shown and not _is_all(text, found):
            continue
        if found.snippet not in said:
            yield found


def _quoted(facts: Facts, text: str, begun: str) -> bool:
    """Whether the text quotes the question up to the marker's beginning."""
    end = text.rstrip()[-len(begun) - _CONTEXT :]
    return len(end) > len(begun) and end in said_in(facts)


def _is_all(text: str, found: Written) -> bool:
    if is_whole(text, found):
        return True
    bare = text.strip().removeprefix("```json").strip("`\n ")
    return bare.startswith(found.snippet) and bare[-1:] in ("}", "]", ")", ">")


def said_in(facts: Facts) -> str:
    """Return all text that is no leak: that of prompts, results, expected strings, and given."""
    parts = [m.content for turn in facts.case.turns for m in turn.messages]
    parts += [result for turn in facts.case.turns for result in turn.results]
    parts += [tool.description or "" for tool in facts.case.tools]
    for call in facts.turn.expect.calls:
        parts += texts_in(call.arguments)
    if facts.given is not None:
        parts += [facts.given.content, facts.given.after, facts.given.reasoning]
    return "\n".join(parts)


def texts_in(value: Json) -> Iterator[str]:
    """Yield all strings in a value, keys included."""
    for item in scalars(value, keys=True):
        if isinstance(item, str):
            yield item


def scalars(value: Json, *, keys: bool = False) -> Iterator[Json]:
    """Yield all scalars in a value, with ``keys`` those of its objects as well."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            stack += node.values()
            if keys:
                yield from node
        elif isinstance(node, list | tuple):
            stack += node
        else:
            yield node
