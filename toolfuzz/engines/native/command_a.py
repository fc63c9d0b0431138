"""Cohere's Command R7B and A: an action, which is an indented JSON array of numbered calls."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, Thinking, UnreadableText, carries, dump
from toolfuzz.engines.native._json import framed, objects_of

__all__ = ["FAMILY"]

_MARKERS = ("<|START_ACTION|>", "<|END_ACTION|>")
_OTHER_MARKS = (
    "<|START_THINKING|>",
    "<|END_THINKING|>",
    "<|START_TEXT|>",
    "<|END_TEXT|>",
)
_BLOCK = re.compile(r"<\|START_ACTION\|>(.*?)<\|END_ACTION\|>", re.DOTALL)
_NUMBER = re.compile(r'^(    \{"tool_call_id": ")(\d+)', re.MULTILINE)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    if not calls:
        return ""
    lines = ",\n".join(
        "    "
        + dump({"tool_call_id": str(n), "tool_name": call.tool, "parameters": call.arguments})
        for n, call in enumerate(calls)
    )
    return f"{_MARKERS[0]}[\n{lines}\n]{_MARKERS[1]}"


def _answer(content: str) -> str:
    return f"<|START_TEXT|>{content}<|END_TEXT|>" if content else ""


def _count_on(text: str, earlier: int) -> str:
    return _NUMBER.sub(lambda match: f"{match[1]}{int(match[2]) + earlier}", text)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [_call(item) for m in framed(text, _BLOCK, _MARKERS[0]) for item in objects_of(m[1])]


def _call(item: dict[str, object]) -> ExpectedCall:
    match item:
        case {"tool_name": str(name), "parameters": dict(arguments)}:
            return ExpectedCall(name, arguments)
    raise UnreadableText("a call needs a tool_name and a parameters object")


FAMILY = Family(
    name="command_a",
    title="Command R7B, Command A",
    source="https://docs.cohere.com/docs/command-r7b-hf",
    parsers=("cohere_command4", "cohere_command3"),
    markers=_MARKERS,
    render=_render,
    read=_read,
    count_on=_count_on,
    # As Command A+ does, whose prompt begins its reasoning; the older ones do it themselves.
    thinking=Thinking(*_OTHER_MARKS[:2], _OTHER_MARKS, prompted=True, answer=_answer),
)
