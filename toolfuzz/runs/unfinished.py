"""What an earlier run asked and didn't end: where a resumed one goes on."""

from collections.abc import Iterator, Mapping, Set

from toolfuzz.analyze.load import Asked, Question
from toolfuzz.core.exchange import Exchange

__all__ = ["unfinished"]


def unfinished(
    asked: Asked, answered: Set[tuple[str, str, int]]
) -> tuple[dict[Question, tuple[Exchange, ...]], list[str]]:
    """Return the exchanges of questions that are not answered, and the conversations that are lost.

    The exchanges are those from the first turn on, as far as they can be read again; also those of
    a plain reply to which the streamed one is yet to be held, and of a stream that is yet to be
    told from chance. Of a lost conversation the beginning is missing, as one line each says: it is
    asked from the start.
    """
    begun: dict[Question, tuple[Exchange, ...]] = {}
    lost: list[str] = []
    for of in asked:
        case_id, target, repeat, _ = of
        if repeat < 0 or (case_id, target, repeat) in answered:
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
