"""Scenarios of dimensions, each as hard as what a target has answered so far makes most telling.

Each target goes its own way. What is asked depends on its answers in the order of the scenarios,
never in that of their arrival, so a run that is resumed asks what it would have asked.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from toolfuzz.analyze.levels import Answer, next_level
from toolfuzz.core.case import Case
from toolfuzz.core.events import CaseSkipped, Event, VerdictReached
from toolfuzz.core.verdict import Status, Verdict
from toolfuzz.generate.dimensions import draw_pair, find

__all__ = ["AdaptiveFeed"]

_AHEAD = 4
"""Scenarios that may be asked before the answers to those before them are in, all dimensions
together; at least two of each."""


@dataclass(slots=True)
class _Dimension:
    """One dimension of one target: the levels that were asked, and what came of each."""

    name: str
    levels: list[int] = field(default_factory=list)
    outcomes: dict[int, bool | None] = field(default_factory=dict)

    def ended(self, count: int) -> bool:
        """Whether it is known what came of the first ``count``."""
        return all(k in self.outcomes for k in range(count))

    def answers(self, count: int) -> list[Answer]:
        """Return those of the first ``count`` that could be judged."""
        first = enumerate(self.levels[:count])
        return [(level, o) for k, level in first if (o := self.outcomes[k]) is not None]


@dataclass(slots=True)
class _Open:
    """A scenario that was given out, and what its questions came to: (repeat, streamed)."""

    dimension: _Dimension
    k: int
    statuses: dict[tuple[int, bool], Status] = field(default_factory=dict)


class AdaptiveFeed:
    """The cases of one target: ``scenarios`` of each dimension, each with its control twin.

    ``askings`` is how often a case is asked (repeats, and both stream modes). ``before`` are the
    target's verdicts of an earlier run in the order in which they were reached: the first on a
    question is what the choice rested on then.
    """

    def __init__(
        self,
        names: Sequence[str],
        scenarios: int,
        *,
        seed: int,
        askings: int = 1,
        before: Iterable[Verdict] = (),
    ) -> None:
        self._dimensions = [_Dimension(name) for name in names]
        self._scenarios = scenarios
        self._seed = seed
        self._askings = askings
        self._behind = max(_AHEAD // len(names), 2)
        self._before: dict[str, dict[tuple[int, bool], Status]] = {}
        for verdict in before:
            _keep(self._before.setdefault(verdict.case_id, {}), verdict)
        self._open: dict[str, _Open] = {}
        self._twin: Case | None = None
        self._changed = asyncio.Event()

    async def get(self, position: int) -> Case | None:
        """Return the case at that position, or None when there are no more; each once, in order."""
        n, twin = divmod(position, 2)
        if twin:
            return self._twin
        k, place = divmod(n, len(self._dimensions))
        if k >= self._scenarios:
            return None
        dimension = self._dimensions[place]
        known = max(k - self._behind + 1, 0)
        while not dimension.ended(known):
            self._changed.clear()
            await self._changed.wait()
        family = find(dimension.name)
        answers, among = dimension.answers(known), family.adaptive_levels
        level = await asyncio.to_thread(next_level, answers, among)
        case, self._twin = await asyncio.to_thread(draw_pair, family, self._seed, k, level)
        dimension.levels.append(level)
        self._open[case.id] = _Open(dimension, k, dict(self._before.get(case.id, {})))
        self._close(case.id)
        return case

    def note(self, events: Sequence[Event]) -> None:
        """Take note of what one question came to."""
        for event in events:
            match event:
                case VerdictReached(verdict) if verdict.case_id in self._open:
                    _keep(self._open[verdict.case_id].statuses, verdict)
                    self._close(verdict.case_id)
                case CaseSkipped(tool=case_id) if case_id in self._open:
                    self._end(case_id, None)
                case _:
                    pass

    def _close(self, case_id: str) -> None:
        """End a scenario all of whose questions were asked; it passed when all judged ones did."""
        statuses = self._open[case_id].statuses
        if len(statuses) >= self._askings:
            judged = [status == "pass" for status in statuses.values() if status != "unjudged"]
            self._end(case_id, all(judged) if judged else None)

    def _end(self, case_id: str, outcome: bool | None) -> None:
        ended = self._open.pop(case_id)
        ended.dimension.outcomes[ended.k] = outcome
        self._changed.set()


def _keep(statuses: dict[tuple[int, bool], Status], verdict: Verdict) -> None:
    """Keep the first verdict on a question: of its dimension, where it came to that."""
    status = verdict.scenario.status if verdict.scenario else "unjudged"
    statuses.setdefault((verdict.repeat, verdict.stream), status)
