"""Draws the cases of a campaign, one by one: case k depends on (seed, options, k) alone.

The choices come from words, not from Hypothesis: nothing is ever shrunk here, Hypothesis's own
choices cost several times as much (``benchmarks/generate.py``), its first examples are always the
simplest ones, and other versions of it would give other cases.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from toolfuzz.core.case import Case
from toolfuzz.generate.cases import UserTool, generated, of_users, weighted
from toolfuzz.generate.features import is_sloppy
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.plan import Plan
from toolfuzz.generate.schema_values import Unsatisfiable
from toolfuzz.generate.size import input_tokens
from toolfuzz.generate.system import with_system
from toolfuzz.generate.validity import invalid_at

__all__ = ["Distinct", "Mix", "Slot", "scattered", "slot"]

_TRIES = 8
# A prompt that is too long is so by its features, mostly.
_TRIES_TO_FIT = 3
_SLOTS_WITHOUT_NEWS = 400
_FAR = 2**40


@dataclass(frozen=True, slots=True)
class Mix:
    """What to draw: from a plan or, when there are any, on the user's own tools.

    No case's prompt is longer than about ``most_tokens``; ``system`` is said before each.
    """

    seed: int
    plan: Plan
    probes: tuple[str, ...]
    tools: tuple[UserTool, ...] = ()
    most_tokens: int | None = None
    system: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """The k-th place of a mix. ``case`` is None when nothing that will do came in all ``tries``."""

    k: int
    case: Case | None
    tries: int


def slot(mix: Mix, k: int) -> Slot:
    """Draw the k-th slot of the mix, whichever was drawn before."""
    too_long = 0
    for attempt in range(_TRIES):
        case = _case(Pick(words(mix.seed, k, attempt)), mix, k)
        case = with_system(case, mix.system) if case else None
        if case is not None and mix.most_tokens and input_tokens(case) > mix.most_tokens:
            too_long += 1
            if too_long == _TRIES_TO_FIT:
                return Slot(k, None, attempt + 1)
            continue
        if case is None:
            continue
        # Values of a user's tool were checked when they were drawn; those of a schema that is none
        # can't be.
        if mix.tools or is_sloppy(case.features) or not invalid_at(case):
            return Slot(k, case, attempt + 1)
    return Slot(k, None, _TRIES)


def scattered(mix: Mix, part: int) -> Iterator[Slot]:
    """Yield slots of a mix from places of the part's own, without end.

    The first slots of a mix cover combinations, and tools take turns. These lie far behind them
    and apart from each other: each is drawn for itself, so any number of them is a fair sample.
    """
    below = words("scattered", mix.seed, part)
    while True:
        yield slot(mix, _FAR + below(_FAR))


def _case(pick: Pick, mix: Mix, k: int) -> Case | None:
    probes = weighted(mix.probes)
    if not mix.tools:
        row = mix.plan.row(k)
        return generated(pick, probes, row.group, row.features)
    try:
        return of_users(pick, probes, mix.tools[k % len(mix.tools)])
    except Unsatisfiable:  # its values are rare, and none came this time
        return None


class Distinct:
    """Lets the first n different cases pass, or fewer where hundreds of slots bring none."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._seen: set[str] = set()
        self._without_news = 0

    @property
    def done(self) -> bool:
        """Whether n have passed, or hundreds of slots in a row held nothing new."""
        return len(self._seen) == self._n or self._without_news >= _SLOTS_WITHOUT_NEWS

    def of(self, slots: Iterable[Slot]) -> Iterator[Case]:
        """Yield the new cases of the slots until done."""
        for one in slots:
            if one.case is None or one.case.id in self._seen:
                self._without_news += 1
            else:
                self._without_news = 0
                self._seen.add(one.case.id)
                yield one.case
            if self.done:
                return
