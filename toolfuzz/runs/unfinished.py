"""Conversations that an earlier run began and didn't end: where a resumed one goes on."""

from collections.abc import Iterator, Mapping, Set

from toolfuzz.analyze.load import Asked, Question
from toolfuzz.core.exchange import Exchange

__all__ = ["unfinished"]


def unfinished(
    asked: Asked, both: Set[str]
) -> tuple[dict[Question, tuple[Exchange, ...]], list[str]]:
    """Return the exchanges of questions that have no verdict, and the conversations that are lost.

    The exchanges are those from the first turn on, as far as they can be read again. Of a lost
    conversation the beginning is missing, as one line each says: it is asked from the start. With
    them are those of questions that have one, where their target is asked in ``both`` stream modes
    and the other has none: it is held to them, and they aren't asked again for that.
    """
    begun: dict[Question, tuple[Exchange, ...]] = {}
    lost: list[str] = []
    for of in (*asked.unfinished(), *asked.halves(both)):
        case_id, target, repeat, _ = of
        if repeat < 0:
            continue
        turns = {exchange.turn: exchange for exchange in asked[of]}
        if exchanges := tuple(_from_the_start(turns)):
            begun[of] = exchanges
        if 0 not in turns:
            lost.append(
                f"case {case_id}, {target}: its conversation begins with turn {min(turns) + 1} "
                "here, so it is asked from the start"
            )
    return begun, lost


def _from_the_start(turns: Mapping[int, Exchange]) -> Iterator[Exchange]:
    for number in range(len(turns)):
        exchange = turns.get(number)
        if exchange is None or exchange.last.withheld:
            return
        yield exchange
