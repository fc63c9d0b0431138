"""GigaChat 3.5: DeepSeek's tags under the name GCML, a blank line before them only after prose."""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._dsml import Dsml

__all__ = ["FAMILY"]

_GCML = Dsml("tool_calls", marker="｜GCML｜", before="", empty="")

FAMILY = Family(
    name="gigachat35",
    title="GigaChat 3.5",
    source="https://github.com/ggml-org/llama.cpp/blob/44cfbebb441feb06939b275fed91319995cdd4d8/models/templates/GigaChat3.5.jinja",
    parsers=("gigachat35",),
    markers=(_GCML.marker,),
    render=_GCML.render,
    read=_GCML.read,
    between="\n\n",
)
