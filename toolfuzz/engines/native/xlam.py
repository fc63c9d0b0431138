"""xLAM 2: a bare JSON array of calls, which is the whole reply."""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries, dump
from toolfuzz.engines.native._json import named_call, objects_of

__all__ = ["FAMILY"]

# What ends a turn: xLAM's Llama and Qwen models each have one of them.
_ENDS = ("<|eot_id|>", "<|im_end|>")


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_ENDS, calls)
    if not calls:
        return ""
    return dump([{"name": call.tool, "arguments": call.arguments} for call in calls])


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    if not text.startswith("["):
        return []
    return [named_call(item) for item in objects_of(text)]


FAMILY = Family(
    name="xlam",
    title="xLAM 2",
    source="https://github.com/vllm-project/vllm/blob/main/examples/tool_chat_template_xlam_llama.jinja",
    parsers=("xlam",),
    markers=_ENDS,
    render=_render,
    read=_read,
    tokenizer="llama3",
    bare=True,
)
