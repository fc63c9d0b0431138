"""What the defects of call ids share."""

from collections.abc import Sequence

from toolfuzz.core.reply import ToolCall
from toolfuzz.judge.facts import Facts

__all__ = ["kept"]


def kept(facts: Facts) -> Sequence[ToolCall]:
    """Return the calls whose ids are looked at: without those that repeat another call."""
    return [pair.call for pair in facts.pairs] or facts.calls
