"""What was asked and what came, turn by turn, as a run's journal kept it."""

from collections.abc import Iterator
from dataclasses import dataclass

from toolfuzz.analyze.load import RunData, last_of_each_turn, question
from toolfuzz.core.case import Case, Turn
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Verdict
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import judge
from toolfuzz.worlds.play import gone_on

__all__ = ["AskedTurn", "asked_turns", "reply_of"]


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """One turn of a question: its case as far as it had gone on, the exchange, what it says."""

    case: Case
    exchange: Exchange
    reply: Reply

    @property
    def turn(self) -> Turn:
        """What was put in this turn, and what was expected."""
        return self.case.turns[self.exchange.turn]


def asked_turns(run: RunData, target: Target, verdict: Verdict) -> Iterator[AskedTurn]:
    """Give the turns of a question, as far as its exchanges were kept."""
    replies: list[Reply] = []
    for exchange in last_of_each_turn(run.exchanges.get(question(verdict), [])):
        case = gone_on(run.cases[verdict.case_id], replies)
        # A journal may say anything.
        if exchange.attempts and 0 <= exchange.turn < len(case.turns):
            replies.append(reply_of(case, target, exchange))
            yield AskedTurn(case, exchange, replies[-1])


def reply_of(case: Case, target: Target, exchange: Exchange) -> Reply:
    """Return the reply with its calls assembled."""
    reply = wire_format(target.format).read(exchange.last, stream=exchange.stream)
    return judge(case, [*[None] * exchange.turn, reply]).reply
