"""Llama 4 (and Llama 3.2's small models): a Python list of function calls with literals."""

import ast
from collections.abc import Sequence
from typing import Any

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import (
    Family,
    NotExpressible,
    UnreadableText,
    carries,
    is_python_name,
)

__all__ = ["FAMILY"]

_MARKERS = ("<|python_start|>", "<|python_end|>")


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    for call in calls:
        for name in (call.tool, *call.arguments):
            if not is_python_name(name):
                raise NotExpressible(f"{name!r} is no Python name")
    return f"[{', '.join(_write(call) for call in calls)}]" if calls else ""


def _write(call: ExpectedCall) -> str:
    return f"{call.tool}({', '.join(f'{k}={v!r}' for k, v in call.arguments.items())})"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    for marker in _MARKERS:
        text = text.replace(marker, "")
    try:
        tree: Any = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return []
    if not isinstance(tree, ast.List):
        return []
    calls = []
    for node in tree.elts:
        match node:
            case ast.Call(func=ast.Name(id=name), args=[], keywords=pairs):
                arguments = {str(pair.arg): ast.literal_eval(pair.value) for pair in pairs}
                calls.append(ExpectedCall(name, arguments))
            case _:
                raise UnreadableText("a list that holds something else than calls")
    return calls


FAMILY = Family(
    name="pythonic",
    title="Llama 4, Llama 3.2 1B and 3B (pythonic)",
    source="https://huggingface.co/meta-llama/Llama-4-Scout-17B-16E-Instruct?chat_template=default",
    parsers=("pythonic", "llama4_pythonic"),
    markers=_MARKERS,
    render=_render,
    read=_read,
    tokenizer="llama4",
    bare=True,
)
