"""MiMo-V2: Qwen3-Coder's tags with every value exactly as it is, nothing between two calls.

The template writes Python's True and False, and for null a None that no engine knows.
"""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._function_tags import FunctionTags
from toolfuzz.engines.native._untyped import PYTHON_WORDS

__all__ = ["FAMILY"]

_TAGS = FunctionTags("<tool_call>", "</tool_call>", line="", between="", spelling=PYTHON_WORDS)

FAMILY = Family(
    name="mimo",
    title="MiMo-V2-Flash, MiMo-V2.5",
    source="https://huggingface.co/XiaomiMiMo/MiMo-V2-Flash/blob/main/chat_template.jinja",
    parsers=("mimo",),
    markers=_TAGS.markers,
    render=_TAGS.render,
    read=_TAGS.read,
    between="",
)
