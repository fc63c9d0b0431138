"""GLM-4.7 and GLM-5: the tags of GLM-4.5 without any line breaks."""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._glm import MARKERS, read_glm, write_glm

__all__ = ["FAMILY"]


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    return write_glm(calls, tools, line="")


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return read_glm(text, tools, line="")


FAMILY = Family(
    name="glm47",
    title="GLM-4.7, GLM-5, Laguna S 2.1",
    source="https://huggingface.co/zai-org/GLM-4.7/blob/main/chat_template.jinja",
    parsers=("glm47", "laguna"),
    markers=MARKERS,
    render=_render,
    read=_read,
    between="",
)
