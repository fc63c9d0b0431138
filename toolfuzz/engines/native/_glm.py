"""The tag text that all GLM versions share; they differ in line breaks only.

A value is written raw when it is a string and as JSON otherwise, without any escaping.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, carries
from toolfuzz.engines.native._untyped import check_unambiguous, read_arguments, write_value

__all__ = ["MARKERS", "read_glm", "write_glm"]

MARKERS = ("<tool_call>", "</tool_call>", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>")

_CALL = re.compile(r"<tool_call>(.*?)</tool_call>", re.DOTALL)
_PAIR = re.compile(r"<arg_key>(.*?)</arg_key>\n?<arg_value>(.*?)</arg_value>\n?", re.DOTALL)


def write_glm(calls: Sequence[ExpectedCall], tools: Sequence[Tool], *, line: str) -> str:
    """Write the calls; ``line`` stands after the name and after every tag pair."""
    carries(MARKERS, calls)
    check_unambiguous(calls, tools)
    return line.join(_write(call, line) for call in calls)


def _write(call: ExpectedCall, line: str) -> str:
    if not call.tool or call.tool != call.tool.strip():
        raise NotExpressible(f"the name {call.tool!r} is empty or has space at its ends")
    pairs = [
        f"<arg_key>{key}</arg_key>{line}<arg_value>{write_value(value)}</arg_value>{line}"
        for key, value in call.arguments.items()
    ]
    return f"<tool_call>{call.tool}{line}{''.join(pairs)}</tool_call>"


def read_glm(text: str, tools: Sequence[Tool], *, line: str) -> list[ExpectedCall]:
    """Read the calls of the text; raises UnreadableText."""
    by_name = {tool.name: tool for tool in tools}
    calls = []
    for match in _CALL.finditer(text):
        name, pairs = _split(match[1])
        texts = {m[1]: m[2] for m in _PAIR.finditer(pairs)}
        if _PAIR.sub("", pairs).strip():
            raise UnreadableText(f"{name}: text between the arguments")
        if line and "\n" not in match[1]:
            raise UnreadableText(f"{name}: no line break after the name")
        calls.append(ExpectedCall(name, read_arguments(texts, by_name.get(name))))
    if "<tool_call>" in _CALL.sub("", text):
        raise UnreadableText("a call is not closed")
    return calls


def _split(body: str) -> tuple[str, str]:
    """Split the inside of a call into the name and the tag pairs."""
    at = body.find("<arg_key>")
    head, pairs = (body, "") if at < 0 else (body[:at], body[at:])
    return head.strip(), pairs
