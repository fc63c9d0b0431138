"""Function calls like Python's, with strings in single quotes that know no escapes.

Some templates write true, false and null as JSON does; both spellings are read.
"""

import ast
from collections.abc import Callable, Sequence
from typing import Any

from toolfuzz.core.case import ExpectedCall
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, is_python_name

__all__ = ["python_calls", "read_python_calls"]

_JSON_NAMES = {"true": True, "false": False, "null": None}


def python_calls(calls: Sequence[ExpectedCall], value: Callable[[Any], str]) -> list[str]:
    """Write each call; ``value`` writes what is no string. Raises NotExpressible."""
    for call in calls:
        for name in (call.tool, *call.arguments):
            if not is_python_name(name):
                raise NotExpressible(f"{name!r} is no Python name")
    return [_write(call, value) for call in calls]


def _write(call: ExpectedCall, value: Callable[[Any], str]) -> str:
    pairs = (
        f"{key}={_quoted(held) if isinstance(held, str) else value(held)}"
        for key, held in call.arguments.items()
    )
    return f"{call.tool}({', '.join(pairs)})"


def _quoted(text: str) -> str:
    if "'" in text or "\\" in text or not text.isprintable():
        raise NotExpressible("a string has no escapes, and holds what needs one")
    return f"'{text}'"


def read_python_calls(text: str) -> list[ExpectedCall]:
    """Read a list of calls in brackets; raises UnreadableText."""
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
