"""A limit of processor time on an answer, and how the time grows where one takes longer.

Processor time, since on a busy machine any parser takes long. CPython's regular expressions look
for signals while they search, so that the process outlives most of what is cut off.
"""

import signal
import time
from collections.abc import Callable
from typing import Any

_HARD_SECONDS = 1.0
"""Code in C that never looks for signals is ended with its process, so much later."""
_AGAIN_SECONDS = 0.2
_MEASURED = 5
_SHARE, _MOST_SECONDS = 0.25, 0.3
_LEAST_SECONDS = 0.0005


class Overtime(BaseException):
    """Raised in the middle of what takes too long; no ``except Exception`` swallows it."""


def within(seconds: float, work: Callable[[], Any]) -> Any:
    """Return what ``work`` returns; raises Overtime when it takes more processor time."""
    running = True

    def cut_off(*_: Any) -> None:
        if running:
            raise Overtime

    signal.signal(signal.SIGPROF, cut_off)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds + _HARD_SECONDS)
    # Again and again, for a parser that catches everything.
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_SECONDS)
    try:
        return work()
    finally:
        running = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def growth(size: int, seconds: float, answer: Callable[[int], Any]) -> list[tuple[int, float]]:
    """Return (characters, seconds) of beginnings of a text that are answered in time.

    ``answer`` puts the first characters to the parser, ``size`` is how many there are: a text that
    takes more than ``seconds``. Beginnings that take a quarter of that, or 0.3 s, are not waited
    for; the longest that doesn't is looked for by halves, a few times.
    """
    found: list[tuple[int, float]] = []
    most = min(_SHARE * seconds, _MOST_SECONDS)
    low, high = 0, size
    for _ in range(_MEASURED):
        length = (low + high) // 2
        if length in (low, high):
            break
        took = _took(most, length, answer)
        if took is None:
            high = length
        else:
            low = length
            found.append((length, took))
    return [(length, took) for length, took in found if took >= _LEAST_SECONDS]


def _took(most: float, length: int, answer: Callable[[int], Any]) -> float | None:
    began = time.process_time()
    try:
        within(most, lambda: answer(length))
    except Overtime:
        return None
    except Exception:
        # A text that ends in the middle may well be an error; how long that took is the question.
        pass
    return time.process_time() - began
