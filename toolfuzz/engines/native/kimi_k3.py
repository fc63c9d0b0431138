"""Kimi-K3: XTML elements that say of every argument which type it has."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.core.jsonvalue import kind_of
from toolfuzz.engines.native._base import Family, Thinking, UnreadableText, carries, dump, load
from toolfuzz.engines.native._json import framed

__all__ = ["FAMILY"]

_MARKERS = ("<|open|>", "<|close|>", "<|sep|>")
_CALL = re.compile(
    r'<\|open\|>call tool="([^"]*)" index="\d+"<\|sep\|>(.*?)<\|close\|>call<\|sep\|>', re.DOTALL
)
_ARGUMENT = re.compile(
    r'<\|open\|>argument key="([^"]*)" type="(\w+)"<\|sep\|>(.*?)<\|close\|>argument<\|sep\|>',
    re.DOTALL,
)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    if not calls:
        return ""
    inner = "".join(_write(n, call) for n, call in enumerate(calls, 1))
    return f"{_open('tools')}{inner}{_close('tools')}"


def _write(index: int, call: ExpectedCall) -> str:
    arguments = "".join(
        f"{_open('argument', key=key, type=_kind(value))}"
        f"{value if isinstance(value, str) else dump(value)}{_close('argument')}"
        for key, value in call.arguments.items()
    )
    return f"{_open('call', tool=call.tool, index=str(index))}{arguments}{_close('call')}"


def _kind(value: Any) -> str:
    kind = kind_of(value)
    return "number" if kind == "integer" else kind


def _open(name: str, **attributes: str) -> str:
    spelled = "".join(f' {key}="{_escape(value)}"' for key, value in attributes.items())
    return f"<|open|>{name}{spelled}<|sep|>"


def _close(name: str) -> str:
    return f"<|close|>{name}<|sep|>"


def _response(content: str) -> str:
    return f"{_open('response')}{content}{_close('response')}"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;")


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [
        ExpectedCall(unescape(m[1]), _arguments(m[2])) for m in framed(text, _CALL, "<|open|>call")
    ]


def _arguments(text: str) -> JsonObject:
    if _ARGUMENT.sub("", text):
        raise UnreadableText("text between the arguments")
    return {
        unescape(key): value if kind == "string" else load(value)
        for key, kind, value in _ARGUMENT.findall(text)
    }


FAMILY = Family(
    name="kimi_k3",
    title="Kimi-K3",
    source="https://huggingface.co/moonshotai/Kimi-K3/tree/main",
    parsers=("kimi_k3",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    thinking=Thinking(
        _open("think"),
        _close("think"),
        # By this one of its tokenizer, engines know the model.
        ("<|end_of_msg|>",),
        prompted=True,
        answer=_response,
    ),
)
