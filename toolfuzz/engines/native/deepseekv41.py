"""DeepSeek-V4.1: DSML tags in a block of ``calls``, a space before every word."""

from toolfuzz.engines.native._base import Family, Thinking
from toolfuzz.engines.native._dsml import MARKER, Dsml

__all__ = ["FAMILY"]

_DSML = Dsml("calls", gap=" ")

FAMILY = Family(
    name="deepseekv41",
    title="DeepSeek-V4.1",
    source="https://huggingface.co/deepseek-ai/DeepSeek-V4.1-Flash/tree/main/encoding",
    parsers=("deepseekv41", "deepseek_v41"),
    markers=(MARKER,),
    render=_DSML.render,
    read=_DSML.read,
    between="",
    tokenizer="deepseek",
    thinking=Thinking("<think>", "</think>", ("<think>", "</think>"), prompted=True),
)
