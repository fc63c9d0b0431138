"""Conversations that an earlier run began and didn't end: where a resumed one goes on."""

from collections.abc import Iterable, Iterator, Mapping

from toolfuzz.analyze.load import Question, question
from toolfuzz.core.events import Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Exchange

__all__ = ["Unfinished"]


class Unfinished:
    """The exchanges of questions that have no verdict, as far as events were taken in.

    ``lost`` says in one line each of which conversation the beginning is missing: these are asked
    from the start.
    """

    def __init__(self) -> None:
        self._turns: dict[Question, dict[int, Exchange]] = {}
        self._judged: set[Question] = set()

    def watch(self, events: Iterable[Event]) -> Iterator[Event]:
        """Pass events on and take note of them."""
        for event in events:
            match event:
                case ExchangeRecorded(exchange) if exchange.repeat < 0:
                    pass
                case ExchangeRecorded(exchange) if question(exchange) not in self._judged:
                    self._turns.setdefault(question(exchange), {})[exchange.turn] = exchange
                case VerdictReached(verdict):
                    self._judged.add(question(verdict))
                    self._turns.pop(question(verdict), None)
                case _:
                    pass
            yield event

    @property
    def exchanges(self) -> Mapping[Question, tuple[Exchange, ...]]:
        """The exchanges of each, from its first turn on, as far as they can be read again."""
        found = {asked: tuple(_from_the_start(turns)) for asked, turns in self._turns.items()}
        return {asked: exchanges for asked, exchanges in found.items() if exchanges}

    @property
    def lost(self) -> tuple[str, ...]:
        """The conversations without their beginning."""
        return tuple(
            f"case {case_id}, {target}: its conversation begins with turn {min(turns) + 1} here, "
            "so it is asked from the start"
            for (case_id, target, _, _), turns in self._turns.items()
            if 0 not in turns
        )


def _from_the_start(turns: Mapping[int, Exchange]) -> Iterator[Exchange]:
    for number in range(len(turns)):
        exchange = turns.get(number)
        if exchange is None or exchange.last.withheld:
            return
        yield exchange
