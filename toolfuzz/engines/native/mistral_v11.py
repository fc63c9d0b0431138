"""Mistral (tokenizers v11 and v13): each call has its marker, its name, [ARGS] and an object."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, Thinking, UnreadableText, carries, dump
from toolfuzz.engines.native._json import check_names, object_of

__all__ = ["FAMILY"]

_CALL, _ARGS = "[TOOL_CALLS]", "[ARGS]"


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries((_CALL, _ARGS), calls)
    check_names(calls, r"^\s\[{")
    return "".join(f"{_CALL}{call.tool}{_ARGS}{dump(call.arguments)}" for call in calls)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    calls = []
    for part in text.split(_CALL)[1:]:
        name, marker, arguments = part.partition(_ARGS)
        if not marker or not re.fullmatch(r"[^\s\[{]+", name):
            raise UnreadableText(f"a call needs a name and {_ARGS}")
        calls.append(ExpectedCall(name, object_of(arguments)))
    return calls


FAMILY = Family(
    name="mistral_v11",
    title="Mistral Small 3.2, Magistral, Ministral 3, Devstral",
    source="https://github.com/mistralai/mistral-common/tree/main/src/mistral_common/tokens",
    parsers=("mistral",),
    markers=(_CALL, _ARGS),
    render=_render,
    read=_read,
    between="",
    tokenizer="tekken",
    thinking=Thinking("[THINK]", "[/THINK]", ("[THINK]", "[/THINK]")),
)
