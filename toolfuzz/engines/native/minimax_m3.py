"""MiniMax-M3: every object, array and value in tags of its own, each tag behind one token.

Nothing says of a text whether it is a string or a number, at any depth, and nothing is written
for null and for what is empty.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.core.jsonvalue import same
from toolfuzz.core.validation import errors, fits
from toolfuzz.engines.native._base import (
    Family,
    NotExpressible,
    Thinking,
    UnreadableText,
    carries,
    load,
)
from toolfuzz.engines.native._json import framed

__all__ = ["FAMILY"]

_NS = "]<]minimax[>["
_OPEN, _CLOSE = f"{_NS}<tool_call>", f"{_NS}</tool_call>"
_BLOCK = re.compile(f"{re.escape(_OPEN)}(.*?){re.escape(_CLOSE)}", re.DOTALL)
_CALL = re.compile(
    rf'{re.escape(_NS)}<invoke name="([^"]+)">(.*?){re.escape(_NS)}</invoke>\n', re.DOTALL
)
_Path = tuple[str | int, ...]


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries((_NS,), calls)
    by_name = {tool.name: tool for tool in tools}
    for call in calls:
        if not call.tool or '"' in call.tool:
            raise NotExpressible(f"the format has no place for the name {call.tool!r}")
    text = "".join(
        f'{_NS}<invoke name="{call.tool}">{_write(call.arguments)}{_NS}</invoke>\n'
        for call in calls
    )
    for call in calls:
        _check_unambiguous(call, by_name.get(call.tool))
    return f"{_OPEN}\n{text}{_CLOSE}" if calls else ""


def _write(value: Any) -> str:
    match value:
        case dict():
            if set(value) == {"item"}:
                raise NotExpressible("the format has no place for an object with the one key item")
            return "".join(_element(_key(key), held) for key, held in value.items())
        case list():
            return "".join(_element("item", held) for held in value)
        case None:
            raise NotExpressible("the format has no place for null")
        case bool():
            return "true" if value else "false"
    return str(value)


def _key(key: str) -> str:
    if not re.fullmatch(r"[^\s<>/][^<>]*", key) or key != key.strip():
        raise NotExpressible(f"the format has no place for the key {key!r}")
    return key


def _element(tag: str, value: Any) -> str:
    return f"{_NS}<{tag}>{_write(value)}{_NS}</{tag}>"


def _check_unambiguous(call: ExpectedCall, tool: Tool | None) -> None:
    body = _write(call.arguments)
    tree, texts = _parse(body)
    for path, text in texts.items():
        meant = _at(call.arguments, path)
        for other in _readings(text):
            changed = _with(call.arguments, path, other)
            if not same(other, meant) and (tool is None or fits(tool.parameters, changed)):
                raise NotExpressible(
                    f"{path[-1]!r}: the format writes a string and its look-alike the same way, "
                    "and the schema accepts both"
                )
    if not same(_settle(tree, texts, tool), call.arguments):
        raise NotExpressible("the texts have a second reading that the schema accepts too")


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    by_name = {tool.name: tool for tool in tools}
    calls = []
    for block in framed(text, _BLOCK, _OPEN):
        if _CALL.sub("", block[1]).strip():
            raise UnreadableText("text between the invocations")
        for name, body in _CALL.findall(block[1]):
            tree, texts = _parse(body)
            calls.append(ExpectedCall(name, _settle(tree, texts, by_name.get(name))))
    return calls


def _parse(body: str) -> tuple[JsonObject, dict[_Path, str]]:
    """Read the tags; return what they hold, and the texts whose type they leave open."""
    chunks = iter(body.split(_NS)[1:])
    texts: dict[_Path, str] = {}
    tree = _contents(chunks, "", (), texts)
    return tree if isinstance(tree, dict) else {"item": tree} if tree else {}, texts


def _contents(chunks: Iterator[str], tag: str, path: _Path, texts: dict[_Path, str]) -> Any:
    held: list[tuple[str, Any]] = []
    for chunk in chunks:
        name, end, text = chunk.removeprefix("<").partition(">")
        if not chunk.startswith("<") or not end:
            raise UnreadableText("a tag is missing")
        if name == f"/{tag}":
            break
        place = (*path, len(held) if name == "item" else name)
        texts[place] = text
        inner = _contents(chunks, name, place, texts)
        if isinstance(inner, dict | list) and inner:
            del texts[place]
        held.append((name, inner if place not in texts else text))
    else:
        if tag:
            raise UnreadableText(f"<{tag}> is not closed")
    if held and all(name == "item" for name, _ in held):
        return [value for _, value in held]
    return dict(held)


def _settle(tree: JsonObject, texts: dict[_Path, str], tool: Tool | None) -> JsonObject:
    """Give every text the type that the schema wants; the first reading where it doesn't say."""
    guess = tree
    for path, text in texts.items():
        guess = _with(guess, path, _readings(text)[0])
    if tool is None:
        return guess
    for error in errors(tool.parameters, guess):
        place = tuple(error.absolute_path)
        for other in _readings(texts.get(place, ""))[1:] if place in texts else ():
            changed = _with(guess, place, other)
            if len(errors(tool.parameters, changed)) < len(errors(tool.parameters, guess)):
                guess = changed
    return guess


def _readings(text: str) -> list[Any]:
    if text == "":
        return ["", {}, []]
    try:
        value = load(text)
    except UnreadableText:
        return [text]
    return [value, text] if isinstance(value, bool | int | float) else [text]


def _at(value: Any, path: _Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _with(value: Any, path: _Path, new: Any) -> Any:
    """Return the value with what stands at a path replaced."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


FAMILY = Family(
    name="minimax_m3",
    title="MiniMax-M3",
    source="https://huggingface.co/MiniMaxAI/MiniMax-M3/blob/main/chat_template.jinja",
    parsers=("minimax_m3",),
    markers=(_NS,),
    render=_render,
    read=_read,
    between="",
    thinking=Thinking("<mm:think>", "</mm:think>", ("<mm:think>", "</mm:think>")),
)
