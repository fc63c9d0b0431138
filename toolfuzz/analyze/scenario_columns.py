"""What became of worlds, as columns of numbers (see ``columns``)."""

from array import array
from collections.abc import Callable
from operator import attrgetter

from toolfuzz.analyze.columns import Names, held
from toolfuzz.core.verdict import Scenario, Status

__all__ = ["Scenarios"]

_STATUSES: tuple[Status, ...] = ("pass", "fail", "unjudged")
_COUNTS = (
    "level", "checks", "checks_failed", "rounds", "calls", "interventions", "regressions", "needed",
    "turns_apart", "tokens_apart",
)  # fmt: skip
_counts: Callable[[Scenario], tuple[int, ...]] = attrgetter(*_COUNTS)
_NONE = -1


class Scenarios:
    """The scenarios of questions, by their rows; most runs have none."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._at = array("i")
        self._dimension = array("I")
        self._pair = array("I")
        self._twin = bytearray()
        self._reached = bytearray()
        self._status = bytearray()
        self._numbers = array("q")

    def __bool__(self) -> bool:
        return bool(self._status)

    def __contains__(self, row: int) -> bool:
        return row < len(self._at) and self._at[row] != _NONE

    def take(self, row: int, scenario: Scenario | None) -> None:
        """Take in that of a question, in the place of an earlier one; None: it has none."""
        if row >= len(self._at):
            if scenario is None:
                return
            self._at.extend([_NONE] * (row + 1 - len(self._at)))
        self._at[row] = _NONE
        if scenario is None:
            return
        self._at[row] = len(self._status)
        self._dimension.append(self._names.number(scenario.dimension))
        self._pair.append(self._names.number(scenario.pair))
        self._twin.append(scenario.twin)
        self._reached.append(scenario.reached)
        self._status.append(_STATUSES.index(scenario.status))
        self._numbers.extend(map(held, _counts(scenario)))

    def get(self, row: int) -> Scenario | None:
        """Return that of a question; None where it has none."""
        if row not in self:
            return None
        at, texts = self._at[row], self._names.texts
        numbers = self._numbers[at * len(_COUNTS) : (at + 1) * len(_COUNTS)]
        return Scenario(
            dimension=texts[self._dimension[at]],
            pair=texts[self._pair[at]],
            twin=bool(self._twin[at]),
            reached=bool(self._reached[at]),
            status=_STATUSES[self._status[at]],
            **dict(zip(_COUNTS, numbers, strict=True)),
        )
