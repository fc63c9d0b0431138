"""Mistral with tokenizer v11: as v13, with a call's id between its name and its arguments."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, UnreadableText, carries, dump
from toolfuzz.engines.native._json import check_names, object_of

__all__ = ["FAMILY"]

_CALL, _ID, _ARGS = _MARKERS = ("[TOOL_CALLS]", "[CALL_ID]", "[ARGS]")
_HEAD = re.compile(r"([^\s\[{]+)\[CALL_ID\]\w{9}\[ARGS\]")


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    check_names(calls, r"^\s\[{")
    return "".join(
        f"{_CALL}{call.tool}{_ID}{n:09d}{_ARGS}{dump(call.arguments)}"
        for n, call in enumerate(calls, 1)
    )


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    calls = []
    for part in text.split(_CALL)[1:]:
        head = _HEAD.match(part)
        if head is None:
            raise UnreadableText(f"a call needs a name, {_ID} and {_ARGS}")
        calls.append(ExpectedCall(head[1], object_of(part[head.end() :])))
    return calls


FAMILY = Family(
    name="mistral_v11_ids",
    title="Mistral Small 3.2 (by its chat template)",
    source="https://huggingface.co/mistralai/Mistral-Small-3.2-24B-Instruct-2506/blob/main/chat_template.jinja",
    parsers=("mistral",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    tokenizer="tekken",
)
