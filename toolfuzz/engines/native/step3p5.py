"""Step-3.5 and Step-3.7: Qwen3-Coder's tags, nothing between two calls.

The template writes Python's True and False, and for null a None that no engine knows.
"""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._function_tags import FunctionTags
from toolfuzz.engines.native._untyped import PYTHON_WORDS

__all__ = ["FAMILY"]

_TAGS = FunctionTags("<tool_call>", "</tool_call>", line="\n", between="", spelling=PYTHON_WORDS)

FAMILY = Family(
    name="step3p5",
    title="Step-3.5-Flash, Step-3.7-Flash",
    source="https://huggingface.co/stepfun-ai/Step-3.5-Flash/blob/main/chat_template.jinja",
    parsers=(
        "step3p5",
        "step5",
    ),
    markers=_TAGS.markers,
    render=_TAGS.render,
    read=_TAGS.read,
    between="",
)
