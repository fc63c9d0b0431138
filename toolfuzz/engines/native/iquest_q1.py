"""IQuest Q1: GLM-4.7's text with a tag of its own around each call."""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._pairs import Pairs

__all__ = ["FAMILY"]

_PAIRS = Pairs(call="iquest_tool_call")

FAMILY = Family(
    name="iquest_q1",
    title="IQuest Q1",
    source="https://github.com/JLFN/ds4-dfm-rs/blob/12cf8544fff5b723540666c817d048d42eb76e2e/tests/fixtures/chat-template/models/iquest/chat_template.jinja",
    parsers=("iquest_q1",),
    markers=_PAIRS.markers,
    render=_PAIRS.render,
    read=_PAIRS.read,
    between="",
)
