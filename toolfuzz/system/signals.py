"""What ends a command from outside: Ctrl-C, SIGTERM, a terminal that hangs up."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from toolfuzz.core.errors import EXIT_INTERRUPTED

__all__ = ["Interrupted", "exit_code_of", "obey_signals", "signals_call"]


class Interrupted(KeyboardInterrupt):
    """A signal came; ``exit_code`` is what a shell makes of it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def exit_code_of(error: KeyboardInterrupt) -> int:
    """Return 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    return error.exit_code if isinstance(error, Interrupted) else EXIT_INTERRUPTED


def obey_signals() -> None:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does, so that it clears up behind itself."""
    for number in _endings():
        if number != signal.SIGINT:
            signal.signal(number, _interrupt)


@contextmanager
def signals_call(do: Callable[[int], object]) -> Iterator[None]:
    """Call it with the number of each signal that comes, between two steps of the running loop."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _endings()}
    for number in before:
        loop.add_signal_handler(number, do, number)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler or signal.SIG_DFL)


def _endings() -> list[int]:
    """Return the signals that end a command here; under nohup a hangup is none of them."""
    if sys.platform == "win32":
        return []
    found = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        found.append(signal.SIGHUP)
    return list(map(int, found))


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted(number)
