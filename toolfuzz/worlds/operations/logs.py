"""Results that are long, as those of real services are, and somebody who answers."""

from collections.abc import Sequence
from functools import lru_cache

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
    start = int(nonce(state.seed, settings["reads"], arguments), 16)
    return {**result, "log": _lines(start, tuple(settings["log"]), settings["lines"])}


@lru_cache(maxsize=256)
def _lines(start: int, texts: Sequence[str], count: int) -> Sequence[str]:
    """Return lines in no order that one sees; proofs read the same ones again and again."""
    day, minute, at = start % 28 + 1, start % 600, start % 2**31
    lines: list[str] = []
    for now in range(minute, minute + count):
        text = texts[(at >> 8) % len(texts)]
        lines.append(f"day {day}, {now // 60 % 24:02}:{now % 60:02} {text}")
        at = (at * 1103515245 + 12345) % 2**31
    return tuple(lines)


def _ask(state: State, settings: JsonObject, arguments: JsonObject) -> Json:
    """Ask somebody who answers by the argument ``by``, out of ``answers``."""
    about = arguments.get(settings["by"])
    answer = settings["answers"].get(about) if isinstance(about, str) else None
    if answer is None:
        raise RefusedError("no_answer", f"nothing is agreed for {about!r}")
    return {"answer": answer}


OPERATIONS: dict[str, Operation] = {"logged": _logged, "ask": _ask}
