"""The judge for one turn whose earlier replies are not at hand."""

from toolfuzz.core.case import Case
from toolfuzz.core.reply import Reply
from toolfuzz.judge.judge import Judgement
from toolfuzz.judge.judge import judge as judge_conversation

__all__ = ["Judgement", "judge"]


def judge(
    case: Case,
    turn: int,
    reply: Reply,
    *,
    twin: Reply | None = None,
    max_tokens: int | None = None,
) -> Judgement:
    """Judge the reply to one turn of a case."""
    before = (None,) * turn
    return judge_conversation(
        case, (*before, reply), counterpart=(*before, twin), max_tokens=max_tokens
    )
