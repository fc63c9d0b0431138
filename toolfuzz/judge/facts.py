"""What is under judgement: one reply, and one call of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolfuzz.core.case import Case, ExpectedCall, Tool, Turn
from toolfuzz.core.reply import Reply, ToolCall

if TYPE_CHECKING:
    from toolfuzz.judge.arguments import ReadArguments

__all__ = ["Facts", "MatchedCall"]


@dataclass(slots=True)
class Facts:
    """One reply under judgement; ``reply.calls`` are assembled once the stream layer has run.

    ``twin`` is the same question's plain reply when it was asked in both modes. ``max_tokens``
    is the cap that the request carried.
    """

    case: Case
    turn: Turn
    reply: Reply
    twin: Reply | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class MatchedCall:
    """A call of the reply beside the tool it means and the call that was asked for.

    ``index`` is its position in the assembled reply.
    """

    index: int
    call: ToolCall
    tool: Tool | None
    expected: ExpectedCall | None
    document: ReadArguments
