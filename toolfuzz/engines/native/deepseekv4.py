"""DeepSeek-V4: DSML tags in a block of ``tool_calls``."""

from toolfuzz.engines.native._base import Family, Thinking
from toolfuzz.engines.native._dsml import MARKER, Dsml

__all__ = ["FAMILY"]

_DSML = Dsml("tool_calls")

FAMILY = Family(
    name="deepseekv4",
    title="DeepSeek-V4",
    source="https://huggingface.co/deepseek-ai/DeepSeek-V4-Flash/tree/main/encoding",
    parsers=("deepseekv4", "deepseek_v4"),
    markers=(MARKER,),
    render=_DSML.render,
    read=_DSML.read,
    between="",
    tokenizer="deepseek",
    thinking=Thinking("<think>", "</think>", ("<think>", "</think>"), prompted=True),
)
