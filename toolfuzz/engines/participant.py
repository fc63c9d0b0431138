"""An engine on trial among the targets of a run."""

import os
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from toolfuzz.core.exchange import Target
from toolfuzz.engines.trial import EngineTrial
from toolfuzz.formats import WireFormat, wire_format
from toolfuzz.runs.asker import Asker

__all__ = ["EngineParticipant"]


@dataclass(frozen=True, slots=True)
class EngineParticipant:
    """A target whose questions go to a parser in a process of its own, one per worker."""

    target: Target
    format: WireFormat
    concurrency: int
    python: str | None
    seed: int
    timeout: float

    @classmethod
    async def prepare(
        cls, target: Target, *, python: str | None, seed: int, timeout: float
    ) -> "EngineParticipant":
        """Fetch and load the engine once, so that what is wrong with it shows before the run."""
        participant = cls(
            target, wire_format(target.format), min(2, os.cpu_count() or 1), python, seed, timeout
        )
        async with participant.open():
            return participant

    def open(self) -> AbstractAsyncContextManager[Asker]:
        """Return a trial that starts its process when it is entered."""
        return EngineTrial(
            self.target.model, engine_python=self.python, seed=self.seed, timeout=self.timeout
        )
