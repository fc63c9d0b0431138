"""gpt-oss: a harmony message on the commentary channel, addressed to a function.

The call token is a stop token, so one reply holds one call. The text is what a tool parser gets
once the analysis before it is taken out: the role header follows the analysis, and SGLang's
detokenizer keeps the call token for this parser.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, NotExpressible, Thinking, carries, dump
from toolfuzz.engines.native._json import check_names, framed, object_of

__all__ = ["FAMILY"]

_MARKERS = (
    "<|start|>",
    "<|channel|>",
    "<|constrain|>",
    "<|message|>",
    "<|call|>",
    "<|end|>",
    "<|return|>",
)
_CALL = re.compile(
    r"<\|start\|>assistant<\|channel\|>commentary to=functions\.([\w\-]+) ?<\|constrain\|>json"
    r"<\|message\|>(.*?)<\|call\|>",
    re.DOTALL,
)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    check_names(calls, r"\w\-")
    if len(calls) > 1:
        raise NotExpressible("the first call token ends the reply")
    return "".join(
        f"<|start|>assistant<|channel|>commentary to=functions.{call.tool} <|constrain|>json"
        f"<|message|>{dump(call.arguments)}<|call|>"
        for call in calls
    )


def _final(content: str) -> str:
    return f"<|start|>assistant<|channel|>final<|message|>{content}" if content else ""


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [
        ExpectedCall(m[1], object_of(m[2])) for m in framed(text, _CALL, "<|channel|>commentary")
    ]


FAMILY = Family(
    name="gpt_oss",
    title="gpt-oss (harmony)",
    source="https://cookbook.openai.com/articles/openai-harmony",
    parsers=("gpt_oss", "openai"),
    markers=_MARKERS,
    render=_render,
    read=_read,
    thinking=Thinking("<|channel|>analysis<|message|>", "<|end|>", answer=_final),
)
