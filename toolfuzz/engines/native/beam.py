"""Beam: a harmony message per call, with its parameters in tags, sorted by name.

Strings are raw and everything else JSON. This follows the ``response_template`` that the
checkpoints carry, which says how a call is read; a chat template was not at hand.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, NotExpressible, UnreadableText, carries
from toolfuzz.engines.native._json import check_names, framed
from toolfuzz.engines.native._untyped import check_unambiguous, read_arguments, write_value

__all__ = ["FAMILY"]

_MARKERS = ("<|start|>", "<|channel|>", "<|constrain|>", "<|message|>", "<|end|>", "<|call|>")
_TAGS = ("<rfl:parameter name=", "</rfl:parameter>")
_HEAD = "<|channel|>analysis <|constrain|>xml<|message|>"
_NEXT = "<|end|><|start|>assistant"
_CALL = re.compile(
    rf" to=([^\s<]+){re.escape(_HEAD)}(.*?)(?:{re.escape(_NEXT)}|{re.escape('<|call|>')})",
    re.DOTALL,
)
_PAIR = re.compile(r'<rfl:parameter name="([^"]+)">\n(.*?)\n</rfl:parameter>', re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries((*_MARKERS, *_TAGS), calls)
    check_names(calls, r"^\s<")
    for call in calls:
        for key in call.arguments:
            if '"' in key or not key:
                raise NotExpressible(f"the name {key!r} can't stand inside a tag")
    check_unambiguous(calls, tools)
    return _NEXT.join(map(_write, calls)) + "<|call|>" * bool(calls)


def _write(call: ExpectedCall) -> str:
    pairs = [
        f'<rfl:parameter name="{key}">\n{write_value(value)}\n</rfl:parameter>'
        for key, value in sorted(call.arguments.items())
    ]
    return f" to={call.tool}{_HEAD}{''.join(pairs)}"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    by_name = {tool.name: tool for tool in tools}
    calls = []
    for name, body in (m.groups() for m in framed(text, _CALL, _HEAD)):
        if _PAIR.sub("", body).strip():
            raise UnreadableText(f"{name}: text between the parameters")
        calls.append(
            ExpectedCall(name, read_arguments(dict(_PAIR.findall(body)), by_name.get(name)))
        )
    return calls


FAMILY = Family(
    name="beam",
    title="Beam",
    source="https://github.com/vllm-project/vllm/blob/main/tests/parser/test_beam_parser.py",
    parsers=("beam",),
    markers=_MARKERS,
    render=_render,
    read=_read,
)
