"""Results that are long, as those of real services are, and somebody who answers."""

from collections.abc import Iterator
from itertools import islice

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.worlds.operations.base import Operation
from toolfuzz.worlds.operations.records import OPERATIONS as RECORDS
from toolfuzz.worlds.spec import nonce
from toolfuzz.worlds.state import RefusedError, State

__all__ = ["OPERATIONS"]


def _logged(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Do what the operation ``reads`` does, and tell so many ``lines`` of a log beside it.

    The log is made up of the texts ``log``, in an order that depends on what was asked.
    """
    result = RECORDS[settings["reads"]](state, settings, arguments)
    assert isinstance(result, dict)
    texts: list[str] = settings["log"]
    start = int(nonce(state.seed, settings["reads"], arguments), 16)
    order = _order(start, len(texts))
    day, minute = start % 28 + 1, start % 600
    lines = (f"day {day}, {_clock(minute + n)} {texts[at]}" for n, at in enumerate(order))
    return {**result, "log": list(islice(lines, settings["lines"]))}


def _order(start: int, size: int) -> Iterator[int]:
    """Return places of a list of that size without end, in no order that one sees."""
    at = start % 2**31
    while True:
        yield (at >> 8) % size
        at = (at * 1103515245 + 12345) % 2**31


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _ask(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Ask somebody who answers by the argument ``by``, out of ``answers``."""
    about = arguments.get(settings["by"])
    answer = settings["answers"].get(about) if isinstance(about, str) else None
    if answer is None:
        raise RefusedError("no_answer", f"nothing is agreed for {about!r}")
    return {"answer": answer}


OPERATIONS: dict[str, Operation] = {"logged": _logged, "ask": _ask}
