"""How long reading one schema may take, for schemas that small budgets of size don't catch.

Processor time of this thread, so that a busy machine refuses no more than an idle one, and without
collections of garbage, whose time grows with the process and not with the schema. Without
``within`` nothing is limited: what was drawn from once is known to end.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from toolfuzz.generate.schema.errors import BrokenSchema

__all__ = ["check_time", "within"]

_end: ContextVar[tuple[float, float] | None] = ContextVar("_end", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Limit what is done meanwhile; check_time raises when it is over."""
    collects = gc.isenabled()
    gc.disable()
    token = _end.set((time.thread_time() + seconds, seconds))
    try:
        yield
    finally:
        _end.reset(token)
        if collects:
            gc.enable()


def check_time(pointer: str = "") -> None:
    """Raise BrokenSchema when the time is over."""
    held = _end.get()
    if held is not None and time.thread_time() > held[0]:
        raise BrokenSchema(pointer, f"takes too long to draw from: more than {held[1]:g} s")
