"""GLM-4.5 and GLM-4.6: a line break after the name and after every tag pair."""

from toolfuzz.engines.native._base import Family, Thinking
from toolfuzz.engines.native._pairs import Pairs

__all__ = ["FAMILY"]

_PAIRS = Pairs(line="\n")

FAMILY = Family(
    name="glm45",
    title="GLM-4.5, GLM-4.6, Laguna XS",
    source="https://huggingface.co/zai-org/GLM-4.5/blob/main/chat_template.jinja",
    parsers=("glm45", "glm", "ling3", "poolside_v1"),
    markers=_PAIRS.markers,
    render=_PAIRS.render,
    read=_PAIRS.read,
    between="\n",
    after="\n",
    thinking=Thinking("\n<think>", "</think>\n", ("<think>", "</think>")),
)
