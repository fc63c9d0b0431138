"""The tag text that all GLM versions share; they differ in line breaks only.

A value is written raw when it is a string and as JSON otherwise, without any escaping. LongCat
writes the same tags with a ``prefix`` before their names.
"""

import re
from collections.abc import Sequence
from functools import cache

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, carries
from toolfuzz.engines.native._untyped import check_unambiguous, read_arguments, write_value

__all__ = ["MARKERS", "glm_markers", "read_glm", "write_glm"]


def glm_markers(prefix: str = "") -> tuple[str, ...]:
    """Return the tags of a call, of a key and of a value, each opening and closing."""
    names = (f"{prefix}{name}" for name in ("tool_call", "arg_key", "arg_value"))
    return tuple(tag for name in names for tag in (f"<{name}>", f"</{name}>"))


MARKERS = glm_markers()


@cache
def _patterns(prefix: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    call, end, key, key_end, value, value_end = glm_markers(prefix)
    pair = rf"{key}(.*?){key_end}\n?{value}(.*?){value_end}\n?"
    return re.compile(f"{call}(.*?){end}", re.DOTALL), re.compile(pair, re.DOTALL)


def write_glm(
    calls: Sequence[ExpectedCall], tools: Sequence[Tool], *, line: str, prefix: str = ""
) -> str:
    """Write the calls; ``line`` stands after the name and after every tag pair."""
    carries(glm_markers(prefix), calls)
    check_unambiguous(calls, tools)
    return line.join(_write(call, line, prefix) for call in calls)


def _write(call: ExpectedCall, line: str, prefix: str) -> str:
    if not call.tool or call.tool != call.tool.strip():
        raise NotExpressible(f"the name {call.tool!r} is empty or has space at its ends")
    begin, end, key, key_end, value, value_end = glm_markers(prefix)
    pairs = [
        f"{key}{name}{key_end}{line}{value}{write_value(held)}{value_end}{line}"
        for name, held in call.arguments.items()
    ]
    return f"{begin}{call.tool}{line}{''.join(pairs)}{end}"


def read_glm(
    text: str, tools: Sequence[Tool], *, line: str, prefix: str = ""
) -> list[ExpectedCall]:
    """Read the calls of the text; raises UnreadableText."""
    by_name = {tool.name: tool for tool in tools}
    whole, pair = _patterns(prefix)
    begin, _, key, *_ = glm_markers(prefix)
    calls = []
    for match in whole.finditer(text):
        name, pairs = _split(match[1], key)
        texts = {m[1]: m[2] for m in pair.finditer(pairs)}
        if pair.sub("", pairs).strip():
            raise UnreadableText(f"{name}: text between the arguments")
        if line and "\n" not in match[1]:
            raise UnreadableText(f"{name}: no line break after the name")
        calls.append(ExpectedCall(name, read_arguments(texts, by_name.get(name))))
    if begin in whole.sub("", text):
        raise UnreadableText("a call is not closed")
    return calls


def _split(body: str, key: str) -> tuple[str, str]:
    """Split the inside of a call into the name and the tag pairs."""
    at = body.find(key)
    head, pairs = (body, "") if at < 0 else (body[:at], body[at:])
    return head.strip(), pairs
