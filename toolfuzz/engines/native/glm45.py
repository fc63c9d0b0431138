"""GLM-4.5 and GLM-4.6: a line break after the name and after every tag pair."""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._glm import MARKERS, read_glm, write_glm

__all__ = ["FAMILY"]


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    return write_glm(calls, tools, line="\n")


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return read_glm(text, tools, line="\n")


FAMILY = Family(
    name="glm45",
    title="GLM-4.5, GLM-4.6, Laguna XS",
    source="https://huggingface.co/zai-org/GLM-4.5/blob/main/chat_template.jinja",
    parsers=("glm45", "glm", "ling3", "poolside_v1"),
    markers=MARKERS,
    render=_render,
    read=_read,
    between="\n",
)
