"""MiniMax-M2: invoke tags inside one tool_call block, strings raw, the rest JSON."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, NotExpressible, UnreadableText, carries
from toolfuzz.engines.native._untyped import check_unambiguous, read_arguments, write_value

__all__ = ["FAMILY"]

_MARKERS = ("<minimax:tool_call>", "</minimax:tool_call>")
_TAGS = (*_MARKERS, "<invoke name=", "</invoke>", "<parameter name=", "</parameter>")
_BLOCK = re.compile(r"<minimax:tool_call>(.*?)</minimax:tool_call>", re.DOTALL)
_CALL = re.compile(r'<invoke name="([^"]+)">(.*?)</invoke>', re.DOTALL)
_PAIR = re.compile(r'<parameter name="([^"]*)">(.*?)</parameter>', re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_TAGS, calls)
    for call in calls:
        for name in (call.tool, *call.arguments):
            if '"' in name or not name:
                raise NotExpressible(f"the name {name!r} can't stand inside a tag")
    check_unambiguous(calls, tools)
    if not calls:
        return ""
    invokes = "".join(_write(call) for call in calls)
    return f"<minimax:tool_call>\n{invokes}</minimax:tool_call>"


def _write(call: ExpectedCall) -> str:
    pairs = "".join(
        f'<parameter name="{key}">{write_value(value)}</parameter>\n'
        for key, value in call.arguments.items()
    )
    return f'<invoke name="{call.tool}">\n{pairs}</invoke>\n'


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    by_name = {tool.name: tool for tool in tools}
    calls = []
    for block in _BLOCK.findall(text):
        if _CALL.sub("", block).strip():
            raise UnreadableText("text between the invocations")
        for name, body in _CALL.findall(block):
            if _PAIR.sub("", body).strip():
                raise UnreadableText(f"{name}: text between the parameters")
            texts = dict(_PAIR.findall(body))
            calls.append(ExpectedCall(name, read_arguments(texts, by_name.get(name))))
    if _MARKERS[0] in _BLOCK.sub("", text):
        raise UnreadableText("a block of calls is not closed")
    return calls


FAMILY = Family(
    name="minimax_m2",
    title="MiniMax-M2",
    source="https://huggingface.co/MiniMaxAI/MiniMax-M2/blob/main/docs/tool_calling_guide.md",
    parsers=("minimax_m2",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="\n",
)
