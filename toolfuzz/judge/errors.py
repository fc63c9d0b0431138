"""What a server says in an error: its messages, without what they quote.

An error comes in the shape of its wire format, in a gateway's own, or in both: a message that holds
the JSON of the provider behind it, which holds a message. Besides it may hold what was sent or what
the model wrote, and that says nothing about the error.
"""

import re
from collections.abc import Iterable, Iterator

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json

__all__ = ["codes", "messages", "params", "without_output"]

_LOOKED_AT = 20_000
_MOST_DEEP = 8
# Where an error's own words stand, and where another error stands in it.
_SPOKEN = ("message", "Message", "msg", "detail", "details", "error_description", "error_message")
_HOLDERS = ("error", "errors", "metadata", "upstream_error", "external_model_error", "innererror")
_CODES = ("code", "type", "status", "reason")
_WORD = re.compile(r"[A-Za-z][\w.-]{2,59}")
# Where an error quotes what the model wrote.
_OUTPUTS = frozenset({"failed_generation", "raw_output", "generated_text", "raw"})
_OUTPUT = re.compile(
    r"(\braw ?[=:] ?)'.*?'(?=, err)"
    r"|(?<=raw=)'.*'"
    r"|(?<=raw=)\".*\""
    r"|(?<=failed_generation)(?:\\*[\"'])? ?[:=].*"
    r"|(?<=parse input at pos )\d+:.*"
    r"|(?<=[Ff]ailed to parse tool call: )[{<\[].*"
    r"|(?<=last read: )'.*?'(?=\W*\Z)",
    re.DOTALL,
)
# Where it quotes what was sent: pydantic's input_value, and longer quotes behind such a word.
_SENT = re.compile(
    r"(?<=input_value=).*?(?=, input_type=|\]|\Z)"
    r"|\b(?:input|prompt|value|content|text|query|argument|received|provided|got|given)\b"
    r"[^\w'\"]{0,4}(?:'[^'\n]{20,2000}'|\"[^\"\n]{20,2000}\")",
    re.IGNORECASE | re.DOTALL,
)
# The message of an error that stands in a text as JSON or as Python shows it, escaped or not.
_INNER = re.compile(
    r"(?P<outer>[\"'])(?:message|msg|detail)(?P=outer)\s*:\s*"
    r"(?P<quote>[\"'])(?P<said>(?:(?!{[\"']).){1,2000}?)(?P=quote)(?=\s*[,}\]])",
    re.DOTALL,
)
# The same of pydantic's errors, with the place: vLLM shows their list as Python does.
_LOCATED = re.compile(
    r"'loc': [(\[](?P<loc>[^()]{1,500}?)[)\]], "
    r"'msg': (?P<quote>['\"])(?P<said>.{1,500}?)(?P=quote),"
)
_PART = re.compile(r"'([^']*)'|(\d+)")
_ESCAPED = re.compile(r"\\+([\"'`])")
_NEW_LINE = re.compile(r"\\+n")
_CHARACTER = re.compile(r"\\+u([0-9a-fA-F]{4})")
_QUOTING = re.compile(
    r"\b(?:pars\w*|arguments?|input|(?:tool|function)[ _]call|generat\w*|output|received|got)\W*\Z"
)


def messages(error: Json) -> tuple[str, ...]:
    """Return what an error says: each message by itself, without the payloads that it quotes."""
    found: dict[str, None] = {}
    for said in _said(error, 0):
        if said.strip():
            found[said[:_LOOKED_AT]] = None
    return tuple(found)


def codes(error: Json) -> tuple[str, ...]:
    """Return the words by which an error calls itself, such as ``tool_use_failed``."""
    return tuple(word for word in _under(error, _CODES) if _WORD.fullmatch(word))


def params(error: Json) -> tuple[str, ...]:
    """Return the places in the request that an error points at: ``tools[0].function.name``."""
    return tuple(place[:200] for place in _under(error, ("param",)))


def without_output(error: Json) -> Json:
    """Return the error without the model's own output that it quotes."""
    match error:
        case str():
            return _cut(error)
        case list():
            return [without_output(item) for item in error]
        case dict():
            return {
                key: "…" if key in _OUTPUTS and isinstance(value, str) else without_output(value)
                for key, value in error.items()
            }
    return error


def _under(error: Json, keys: tuple[str, ...], depth: int = 0) -> Iterator[str]:
    """Yield the texts under these keys, of the error and of those that it holds."""
    if isinstance(error, dict) and depth <= _MOST_DEEP:
        yield from (word for key in keys if isinstance(word := error.get(key), str))
        for key in _HOLDERS:
            yield from _under(error.get(key), keys, depth + 1)


def _said(error: Json, depth: int) -> Iterator[str]:
    if depth > _MOST_DEEP:
        return
    match error:
        case str():
            yield from _of_text(error[:_LOOKED_AT], depth)
        case list():
            for item in error[:100]:
                yield from _said(item, depth + 1)
        case {"loc": list(place), "msg": str(said)}:
            yield f"{_place(map(str, place[:20]))}: {_unquoted(said)}"
        case dict():
            for key in (*_SPOKEN, *_HOLDERS):
                yield from _said(error.get(key), depth + 1)
            raw = error.get("raw")
            if isinstance(raw, str) and raw.lstrip()[:1] == "{":
                yield from _said(raw, depth + 1)


def _of_text(text: str, depth: int) -> Iterator[str]:
    """Yield what a text says; where it holds another error, that one's messages by themselves."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            yield from _said(strictjson.parse(text).value, depth + 1)
            return
        except (strictjson.JsonError, RecursionError):
            pass
    text = _cut(text)
    if located := [*_LOCATED.finditer(text)]:
        for found in located:
            yield f"{_place(a or b for a, b in _PART.findall(found['loc']))}: {found['said']}"
        return
    flat = _CHARACTER.sub(lambda found: chr(int(found[1], 16)), _ESCAPED.sub(r"\1", text))
    flat = _NEW_LINE.sub("\n", flat)
    head = flat.partition("{")[0]
    inner = [found["said"] for found in _INNER.finditer(flat)]
    if not inner or _QUOTING.search(head[-60:]):
        yield _unquoted(text)
        return
    yield head
    for said in inner:
        yield _unquoted(said)


def _place(parts: Iterable[str]) -> str:
    """Return where something is wrong: pydantic's names of types lead nowhere."""
    return ".".join(part for part in parts if part.isidentifier() or part.isdecimal())


def _cut(message: str) -> str:
    return _OUTPUT.sub(lambda match: f"{match[1] or ''}…", message)


def _unquoted(message: str) -> str:
    """Return a message without the payloads that it quotes: JSON objects, and what was sent."""
    message = _SENT.sub("…", message)
    if '{"' not in message:
        return message
    head, *rest = message.split('{"')
    parts = [head]
    for piece in rest:
        end = piece.rfind("}")
        parts.append(f"…{piece[end + 1 :]}" if end >= 0 else f'{{"{piece}')
    return "".join(parts)
