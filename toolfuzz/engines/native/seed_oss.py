"""Seed-OSS: Qwen3-Coder's tags in markers of its own, with values that stand on no line.

The chat template writes what is no string as Python does, while the models' parsers read JSON:
only what both spell alike is written here.
"""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, NotExpressible, dump
from toolfuzz.engines.native._function_tags import FunctionTags

__all__ = ["FAMILY"]

_TAGS = FunctionTags("<seed:tool_call>", "</seed:tool_call>", line="")


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    for call in calls:
        for key, value in call.arguments.items():
            if not isinstance(value, str) and str(value) != dump(value):
                raise NotExpressible(f"{key!r}: the template writes it as Python, not as JSON")
    return _TAGS.render(calls, tools)


FAMILY = Family(
    name="seed_oss",
    title="Seed-OSS",
    source="https://huggingface.co/ByteDance-Seed/Seed-OSS-36B-Instruct/blob/main/chat_template.jinja",
    parsers=("seed_oss",),
    markers=_TAGS.markers,
    render=_render,
    read=_TAGS.read,
    between="\n\n",
)
