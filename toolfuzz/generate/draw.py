"""Draws cases with Hypothesis, one by one, each from bytes of its own.

Hypothesis turns bytes into choices (``fuzz_one_input``, its documented entry point for byte
sources). The bytes are a hash of (seed, number of the case), so a case depends on nothing that
was drawn before it, and no engine biases or repeats it. In its own generate phase the first
example of every run is the simplest one and later ones are partly copies; it also costs
three times as much.
"""

import hashlib
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from toolfuzz.core.case import Case, Tool
from toolfuzz.generate import probes as probe_files
from toolfuzz.generate import schema_values
from toolfuzz.generate.assemble import assemble, drafted, other_tools
from toolfuzz.generate.features import all_features
from toolfuzz.generate.features.base import Values
from toolfuzz.generate.features.offers import CROWD_VALUES
from toolfuzz.generate.pick import WORD, Pick
from toolfuzz.generate.plan import Plan
from toolfuzz.generate.probes.base import Offer, Probe
from toolfuzz.generate.spot import spot
from toolfuzz.generate.tools.toolset import ToolSet
from toolfuzz.generate.validity import invalid_at

__all__ = ["Mix", "Sieve", "Slot", "UserTool", "drawer", "user_tools"]

# Another thread may use `random` while a case is drawn in this one; Hypothesis takes it for ours.
warnings.filterwarnings("ignore", message="Do not use the `random` module inside strategies")

_BYTES = 8192
_TRIES = 8
_BARREN = 400
_MOST_OFFERED = 24
_SPARE_TRIES = 3
_DEMANDING_PERCENT = 4
_DEMANDS = tuple(f.name for f in all_features().values() if f.ask)


@dataclass(frozen=True, slots=True)
class UserTool:
    """A tool of the user's own, where it comes from, and what is offered with it."""

    origin: str
    tool: Tool
    offered: tuple[Tool, ...]


@dataclass(frozen=True, slots=True)
class Mix:
    """What to draw: from a plan or, when there are any, on the user's own tools."""

    seed: int
    plan: Plan
    probes: tuple[str, ...]
    tools: tuple[UserTool, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """The k-th place of a mix. ``case`` is None when nothing valid was drawn in all ``tries``."""

    k: int
    case: Case | None
    tries: int


def user_tools(sets: Sequence[ToolSet]) -> tuple[UserTool, ...]:
    """Return the tools of all sets; of a large set, a tool is offered with its neighbours only."""
    found = []
    for one in sets:
        for n, tool in enumerate(one.tools):
            start = max(0, min(n - _MOST_OFFERED // 2, len(one.tools) - _MOST_OFFERED))
            found.append(UserTool(one.origin, tool, one.tools[start : start + _MOST_OFFERED]))
    return tuple(found)


class Sieve:
    """Lets the first n different cases pass."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._seen: set[str] = set()
        self._barren = 0

    @property
    def done(self) -> bool:
        """Whether n have passed, or hundreds of slots in a row held nothing new."""
        return len(self._seen) == self._n or self._barren >= _BARREN

    def passing(self, slots: Iterable[Slot]) -> Iterator[Case]:
        """Yield the new cases of the slots until done."""
        for slot in slots:
            if slot.case is None or slot.case.id in self._seen:
                self._barren += 1
            else:
                self._barren = 0
                self._seen.add(slot.case.id)
                yield slot.case
            if self.done:
                return


def drawer(mix: Mix) -> Callable[[int], Slot]:
    """Return the function that draws the k-th slot of the mix, whichever was drawn before."""
    return _Drawing(mix).slot


_WORDS = st.integers(0, WORD - 1)
Draw = Callable[[st.SearchStrategy[Any]], Any]


class _Drawing:
    """Hypothesis calls the test function itself, so what goes in and out stands here."""

    def __init__(self, mix: Mix) -> None:
        self.mix = mix
        self.k = 0
        self.case: Case | None = None
        found = [probe_files.find(name) for name in mix.probes]
        self.probes = [probe for probe in found for _ in range(max(1, probe.share))]

        @st.composite
        def cases(draw: Draw) -> Case | None:
            pick = Pick(lambda: int(draw(_WORDS)))
            probe = pick.of(self.probes)
            return self._of_users(pick, probe, draw) if mix.tools else self._generated(pick, probe)

        @settings(database=None, deadline=None)
        @given(cases())
        def test(case: Case | None) -> None:
            self.case = case

        self.run = test.hypothesis.fuzz_one_input  # type: ignore[attr-defined]

    def slot(self, k: int) -> Slot:
        self.k = k
        for attempt in range(_TRIES):
            self.case = None
            key = repr((self.mix.seed, k, attempt)).encode()
            self.run(hashlib.shake_256(key).digest(_BYTES))
            # Values of a user's tool were checked when drawn, by the draft that its schema is in.
            if self.case is not None and (self.mix.tools or not invalid_at(self.case)):
                return Slot(k, self.case, attempt + 1)
        return Slot(k, None, _TRIES)

    def _generated(self, pick: Pick, probe: Probe) -> Case | None:
        row = self.mix.plan.row(self.k)
        draft = drafted(pick, row)
        if probe.prepare:
            probe.prepare(pick, draft)
        tool, values = assemble(draft, sealed=pick.chance(30))
        others = other_tools(pick, draft)
        at = pick.below(len(others) + 1)
        offered = (*others[:at], tool, *others[at:])
        spare = [(t, CROWD_VALUES[t.name]) for t in others if t.name in CROWD_VALUES]
        offer = Offer(offered, ((tool, values), *spare))
        return _asked(pick, probe, offer, "generated", row.features)

    def _of_users(self, pick: Pick, probe: Probe, draw: Draw) -> Case | None:
        mine = self.mix.tools[self.k % len(self.mix.tools)]
        others = [t for t in mine.offered if t.name != mine.tool.name]
        spare = pick.some(others, 1, _SPARE_TRIES) if others else []
        askable = tuple((t, _drawn_from(t, draw)) for t in (mine.tool, *spare))
        demand = (pick.of(_DEMANDS),) if pick.chance(_DEMANDING_PERCENT) else ()
        return _asked(pick, probe, Offer(mine.offered, askable), mine.origin, demand)


def _drawn_from(tool: Tool, draw: Draw) -> Values:
    return lambda pick: draw(schema_values.values(tool.parameters))


def _asked(
    pick: Pick, probe: Probe, offer: Offer, origin: str, features: Sequence[str]
) -> Case | None:
    """Ask by the probe or, when the offer doesn't suit it, by a plain ``echo``.

    Those of the ``features`` that change how a turn is asked are applied where they fit.
    """
    turns = probe.ask(pick, offer)
    if turns is None:
        probe = probe_files.find("echo")
        turns = probe.ask(pick, offer)
    if turns is None:
        return None
    for name in features:
        if change := all_features()[name].ask:
            turns = tuple(map(change, turns))
    calls = [call for turn in turns for call in turn.expect.calls]
    return Case(origin, probe.name, spot(offer.tools, calls, turns), offer.tools, turns)
