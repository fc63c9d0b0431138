"""Qwen3-Coder: XML-like tags, every value on lines of its own.

Published templates differ in how they write true, false and null (JSON, or Python's spelling in
older ones); the current template's JSON is used here.
"""

from toolfuzz.engines.native._base import Family, Thinking
from toolfuzz.engines.native._function_tags import FunctionTags

__all__ = ["FAMILY"]

_TAGS = FunctionTags("<tool_call>", "</tool_call>", line="\n")

FAMILY = Family(
    name="qwen3_coder",
    title="Qwen3-Coder",
    source="https://huggingface.co/Qwen/Qwen3-Coder-480B-A35B-Instruct/blob/main/chat_template.jinja",
    parsers=("qwen3_coder", "qwen3_xml", "nanbeige"),
    markers=_TAGS.markers,
    render=_TAGS.render,
    read=_TAGS.read,
    between="\n\n",
    tokenizer="qwen",
    after="\n",
    thinking=Thinking("<think>\n", "\n</think>\n\n", ("<think>", "</think>"), prompted=True),
)
