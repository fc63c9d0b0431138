"""LFM2 and LFM2.5: function calls like Python's, strings in quotes without any escapes.

An object is written as JSON, everything else as Python writes it.
"""

import ast
import re
from collections.abc import Sequence
from typing import Any

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import (
    Family,
    NotExpressible,
    UnreadableText,
    carries,
    dump,
    is_python_name,
)
from toolfuzz.engines.native._json import framed

__all__ = ["FAMILY"]

_MARKERS = ("<|tool_call_start|>", "<|tool_call_end|>")
_BLOCK = re.compile(r"<\|tool_call_start\|>(.*?)<\|tool_call_end\|>", re.DOTALL)
_JSON_NAMES = {"true": True, "false": False, "null": None}


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    for call in calls:
        for name in (call.tool, *call.arguments):
            if not is_python_name(name):
                raise NotExpressible(f"{name!r} is no Python name")
    if not calls:
        return ""
    return f"{_MARKERS[0]}[{', '.join(map(_write, calls))}]{_MARKERS[1]}"


def _write(call: ExpectedCall) -> str:
    pairs = ", ".join(f"{key}={_value(value)}" for key, value in call.arguments.items())
    return f"{call.tool}({pairs})"


def _value(value: Any) -> str:
    match value:
        case str():
            if "'" in value or "\\" in value or not value.isprintable():
                raise NotExpressible("a string has no escapes, and holds what needs one")
            return f"'{value}'"
        case dict():
            return dump(value)
    return repr(value)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [call for match in framed(text, _BLOCK, _MARKERS[0]) for call in _calls(match[1])]


def _calls(text: str) -> list[ExpectedCall]:
    try:
        tree: Any = ast.parse(text.strip(), mode="eval").body
        assert isinstance(tree, ast.List)
        return [_call(node) for node in tree.elts]
    except (SyntaxError, ValueError, AssertionError) as error:
        raise UnreadableText(f"no list of calls: {error}") from None


def _call(node: ast.expr) -> ExpectedCall:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[], keywords=pairs):
            values = {str(pair.arg): ast.literal_eval(_Json().visit(pair.value)) for pair in pairs}
            return ExpectedCall(name, values)
    raise ValueError("something else than a call")


class _Json(ast.NodeTransformer):
    """Reads JSON's words for what Python calls otherwise."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(_JSON_NAMES[node.id]) if node.id in _JSON_NAMES else node


FAMILY = Family(
    name="lfm2",
    title="LFM2, LFM2.5",
    source="https://docs.liquid.ai/lfm/key-concepts/tool-use",
    parsers=("lfm2",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="",
)
