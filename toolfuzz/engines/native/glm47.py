"""GLM-4.7, GLM-5, Laguna S and Spark X2.5: the tags of GLM-4.5 without any line breaks."""

from toolfuzz.engines.native._base import Family, Thinking
from toolfuzz.engines.native._pairs import Pairs

__all__ = ["FAMILY"]

_PAIRS = Pairs()

FAMILY = Family(
    name="glm47",
    title="GLM-4.7, GLM-5, Laguna S 2.1, Spark X2.5",
    source="https://huggingface.co/zai-org/GLM-4.7/blob/main/chat_template.jinja",
    parsers=("glm47", "laguna", "spark25"),
    markers=_PAIRS.markers,
    render=_PAIRS.render,
    read=_PAIRS.read,
    between="",
    after="",
    thinking=Thinking("<think>", "</think>", ("<think>", "</think>"), prompted=True),
)
