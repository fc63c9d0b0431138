"""An engine's parser on trial as a target: no model, no network, a process per session."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.talk import Talk
from toolfuzz.engines.native import NotExpressible
from toolfuzz.engines.trial import CPU_SECONDS, EngineTrial, parse_spec
from toolfuzz.formats import CannotAskError, Request
from toolfuzz.sources.redaction import Redaction
from toolfuzz.sources.source import Pace, Permit, SourceSpec

__all__ = ["MARGIN", "EngineSession", "EngineSource", "with_less_around", "with_margin"]

MARGIN = 2
"""What is to be reported as hanging takes so many times the limit: other machines are faster."""


@dataclass(frozen=True, slots=True)
class EngineSource:
    """A target whose questions go to a parser.

    ``python`` names a Python that has the engine installed. ``parser`` and ``version`` are what
    the engine itself calls them, ``reasoner`` is its reasoning parser, ``limits`` whether it can
    be told of a token limit; ``prepared`` fills them in. ``timeout`` and ``cpu_seconds``, of
    processor time, are a question's. ``at_once`` is how many processes there are at most. ``bare``:
    nothing stands around the calls of its texts.
    """

    target: Target
    python: str | None = None
    seed: int = 0
    timeout: float = 60.0
    cpu_seconds: float = CPU_SECONDS
    parser: str = ""
    version: str = ""
    reasoner: str = ""
    limits: bool = False
    at_once: int = 2
    bare: bool = False

    @property
    def release(self) -> str:
        """The parser's full name, with the version that was loaded: ``sglang@0.5.23:glm45``."""
        spec = parse_spec(self.target.model)
        return f"{spec.engine.name}@{self.version}:{self.parser}"

    async def prepared(self) -> "EngineSource":
        """Fetch and load the engine once, so that what is wrong with it shows before the run.

        Raises UsageError.
        """
        async with self._trial() as trial:
            return replace(
                self,
                parser=trial.parser,
                version=trial.version,
                reasoner=trial.reasoner,
                limits=trial.limits,
            )

    @property
    def pace(self) -> Pace:
        """Two at most at once: a parser uses a whole core."""
        most = min(self.at_once, 2, os.cpu_count() or 1)
        return Pace(self.target.name, most, each_worker=True)

    def request(self, talk: Talk, *, stream: bool) -> Request:
        """Write what a perfect model would have said; raises CannotAskError where it can't."""
        trial = self._trial()
        trial.parser, trial.version = self.parser, self.version
        trial.reasoner, trial.limits = self.reasoner, self.limits
        try:
            body = trial.question(talk, stream=stream)
        except NotExpressible as limit:
            reason = f"not expressible as {self.parser}: {limit.reason}"
            raise CannotAskError(reason) from None
        return Request("", body)

    @asynccontextmanager
    async def open(self, permit: Permit | None = None) -> AsyncIterator["EngineSession"]:
        """Start the process."""
        async with self._trial() as trial:
            yield EngineSession(trial)

    def _trial(self) -> EngineTrial:
        return EngineTrial(
            self.target.model,
            engine_python=self.python,
            cuts=self.target.params.get("cuts", ()),
            seed=self.seed,
            timeout=self.timeout,
            cpu_seconds=self.cpu_seconds,
            bare=self.bare,
        )


def with_margin(source: SourceSpec) -> SourceSpec:
    """Return an engine that is not said to hang as soon as it is in a run; others as they are."""
    if not isinstance(source, EngineSource):
        return source
    return replace(source, timeout=MARGIN * source.timeout, cpu_seconds=MARGIN * source.cpu_seconds)


def with_less_around(source: SourceSpec) -> tuple[SourceSpec, ...]:
    """Return an engine whose texts hold calls alone, one whose texts come to their end, and itself.

    A known failure shows with one of them: what stood around its calls isn't kept in its case.
    Others come alone, as they are.
    """
    if not isinstance(source, EngineSource):
        return (source,)
    return replace(source, bare=True), replace(source, limits=False), source


class EngineSession:
    """Puts native text to one parser process. The same text always gets the same answer."""

    def __init__(self, trial: EngineTrial) -> None:
        self._trial = trial
        self.redaction = Redaction(None, {})

    async def ask(self, request: Request) -> AsyncIterator[Attempt]:
        """Give the one attempt."""
        yield await self._trial.ask(request.body)
