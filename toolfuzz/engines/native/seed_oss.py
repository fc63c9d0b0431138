"""Seed-OSS: Qwen3-Coder's tags in markers of its own, with values that stand on no line.

The chat template writes what is no string as Python does.
"""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._function_tags import FunctionTags
from toolfuzz.engines.native._untyped import PYTHON

__all__ = ["FAMILY"]

_TAGS = FunctionTags("<seed:tool_call>", "</seed:tool_call>", line="", spelling=PYTHON)

FAMILY = Family(
    name="seed_oss",
    title="Seed-OSS",
    source="https://huggingface.co/ByteDance-Seed/Seed-OSS-36B-Instruct/blob/main/chat_template.jinja",
    parsers=("seed_oss",),
    markers=_TAGS.markers,
    render=_TAGS.render,
    read=_TAGS.read,
    between="\n\n",
)
