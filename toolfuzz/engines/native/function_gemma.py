"""FunctionGemma: Gemma 4's text with other marks.

Its template writes null as Python's None, which nothing else in the text is: null is left out.
"""

from collections.abc import Sequence
from typing import Any

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, NotExpressible
from toolfuzz.engines.native._gemma import Marks

__all__ = ["FAMILY"]

_MARKS = Marks("<start_function_call>", "<end_function_call>", "<escape>")


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    if any(_holds_null(call.arguments) for call in calls):
        raise NotExpressible("the format has no null")
    return _MARKS.render(calls, tools)


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_holds_null, value.values() if isinstance(value, dict) else value))
    return value is None


FAMILY = Family(
    name="function_gemma",
    title="FunctionGemma",
    source="https://ai.google.dev/gemma/docs/functiongemma/formatting-and-best-practices",
    parsers=("function_gemma", "functiongemma"),
    markers=_MARKS.all,
    render=_render,
    read=_MARKS.read,
    between="",
)
