"""DeepSeek-V3.2: DSML tags in a block of ``function_calls``."""

from toolfuzz.engines.native._base import Family, Thinking
from toolfuzz.engines.native._dsml import MARKER, Dsml

__all__ = ["FAMILY"]

_DSML = Dsml("function_calls")

FAMILY = Family(
    name="deepseekv32",
    title="DeepSeek-V3.2",
    source="https://huggingface.co/deepseek-ai/DeepSeek-V3.2/blob/main/encoding/encoding_dsv32.py",
    parsers=("deepseekv32", "deepseek_v32"),
    markers=(MARKER,),
    render=_DSML.render,
    read=_DSML.read,
    between="",
    tokenizer="deepseek",
    thinking=Thinking("<think>", "</think>", ("<think>", "</think>"), prompted=True),
)
