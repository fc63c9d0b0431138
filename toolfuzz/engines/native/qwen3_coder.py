"""Qwen3-Coder: XML-like tags, every value on lines of its own.

Published templates differ in how they write true, false and null (JSON, or Python's spelling in
older ones); the current template's JSON is used here.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, NotExpressible, UnreadableText, carries
from toolfuzz.engines.native._untyped import check_unambiguous, read_arguments, write_value

__all__ = ["FAMILY"]

_MARKERS = ("<tool_call>", "</tool_call>")
_TAGS = (*_MARKERS, "<function=", "</function>", "<parameter=", "</parameter>")
_CALL = re.compile(r"<tool_call>\s*<function=([^>]+)>(.*?)</function>\s*</tool_call>", re.DOTALL)
_PAIR = re.compile(r"<parameter=([^>]*)>\n(.*?)\n</parameter>", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_TAGS, calls)
    for call in calls:
        for name in (call.tool, *call.arguments):
            if ">" in name or not name:
                raise NotExpressible(f"the name {name!r} can't stand inside a tag")
    check_unambiguous(calls, tools)
    return "\n".join(_write(call) for call in calls)


def _write(call: ExpectedCall) -> str:
    pairs = "".join(
        f"<parameter={key}>\n{write_value(value)}\n</parameter>\n"
        for key, value in call.arguments.items()
    )
    return f"<tool_call>\n<function={call.tool}>\n{pairs}</function>\n</tool_call>"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    by_name = {tool.name: tool for tool in tools}
    calls = []
    for name, body in _CALL.findall(text):
        if _PAIR.sub("", body).strip():
            raise UnreadableText(f"{name}: text between the parameters")
        calls.append(
            ExpectedCall(name, read_arguments(dict(_PAIR.findall(body)), by_name.get(name)))
        )
    if "<tool_call>" in _CALL.sub("", text):
        raise UnreadableText("a call is not closed")
    return calls


FAMILY = Family(
    name="qwen3_coder",
    title="Qwen3-Coder",
    source="https://huggingface.co/Qwen/Qwen3-Coder-480B-A35B-Instruct/blob/main/chat_template.jinja",
    parsers=("qwen3_coder", "qwen3_xml", "nanbeige"),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="\n\n",
)
