"""Which features of a failing case cause the failure: suspected first, then put to the proof.

The screen takes features away one at a time; it is cheap and fallible. What it suspects is asked
about anew: the whole case, the case without the feature, a case with hardly anything else. Only
these answers count, so however many features were screened, chance has one try.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from toolfuzz.analyze.contrast import Tally, askings_to_tell, fails_less
from toolfuzz.core.case import Case
from toolfuzz.evidence.reduction import (
    all_answers,
)
from toolfuzz.evidence.suspicion import Odds, Rates
from toolfuzz.evidence.toggles import Toggle, bare_with, features_of, toggles

__all__ = ["Cause", "ablate"]

Fails = Callable[[Case], Awaitable[bool | None]]

ENOUGH_FAILURES = 14
MOST_CALLS = 64
LOWEST_RATE = 0.1
# A failure that comes at this share of its rate without a feature doesn't need the feature.
SHARE = 0.85
# The screen drops a needed feature in about 2 of 100, so where nothing is proven it is made once
# more, with more patience. What it suspects wrongly only costs answers.
CLEARED_AT, SUSPECTED_AT = (4.5, 7.5), 3.0
# Two looks at fresh answers, at 1% each: 2% in all, shared by the suspects.
LEVEL = 0.01
SECOND_LOOK = 3
# Only where features matter at all is it worth looking for the one.
MATTERS = 0.1
# What looks like this at the first look isn't worth a second.
HOPELESS = 0.5


@dataclass(frozen=True, slots=True)
class Cause:
    """What the ablation found.

    ``groups`` are needed: without any one of them the failure hardly comes. Each holds the
    features that can't be told apart here, the likeliest first. ``suffices`` says that a case with
    hardly anything else still fails; only then they are a cause. ``cleared`` are features that it
    fails without, ``suspected`` those that looked needed and didn't prove to be. ``counts`` are
    fresh answers in words; ``reason`` says why no cause was looked for.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    suffices: bool = False
    cleared: tuple[str, ...] = ()
    suspected: tuple[str, ...] = ()
    rate: float = 0.0
    calls: int = 0
    counts: str = ""
    reason: str = ""

    @property
    def features(self) -> tuple[str, ...]:
        """The likeliest feature of each group."""
        return tuple(group[0] for group in self.groups)

    @property
    def also(self) -> tuple[str, ...]:
        """The features that can't be told apart from these."""
        return tuple(sorted(f for group in self.groups for f in group[1:]))

    @property
    def proven(self) -> bool:
        """Whether this may be called a cause."""
        return bool(self.groups) and self.suffices

    @property
    def words(self) -> str:
        """One sentence for people."""
        if self.reason:
            return f"No cause was looked for: {self.reason}."
        name = " together with ".join(map(_one_of, self.groups))
        if self.proven:
            return f"The cause is {name}: {self.counts}."
        if self.groups:
            return f"{name} is needed for the failure, but alone it is not enough: {self.counts}."
        if self.suspected:
            names = ", ".join(self.suspected)
            return f"No cause is proven: {names} looked needed, but asking anew did not show it."
        return "No single feature is needed: without any one of them it still fails."


def _one_of(group: Sequence[str]) -> str:
    return group[0] if len(group) == 1 else f"one of {', '.join(group)} (not told apart here)"


class _Asker:
    """Asks, counts, and tallies fresh answers by case."""

    def __init__(self, fails: Fails, slots: int, deterministic: bool) -> None:
        self._fails = fails
        self.slots = slots
        self.deterministic = deterministic
        self.calls = 0
        self.fresh: dict[str, Tally] = {}

    async def ask(self, cases: Sequence[Case]) -> list[bool | None]:
        answers = await all_answers([self._fails(case) for case in cases])
        self.calls += len(cases)
        return answers

    async def tally(self, case: Case, times: int) -> Tally:
        answers = await self.ask([case] * times)
        known = [a for a in answers if a is not None]
        return Tally(sum(known), len(known))

    async def ask_anew(self, case: Case, times: int) -> None:
        """Bring the fresh answers to a case up to so many askings."""
        known = self.fresh.get(case.id, Tally())
        if (missing := times - known.asked) > 0:
            self.fresh[case.id] = known + await self.tally(case, missing)

    async def told_apart(self, rarely: Case, often: Case, rates: Rates, level: float) -> bool:
        """Whether one case fails less often than the other, by fresh answers alone."""
        if self.deterministic:
            await self.ask_anew(often, 1)
            await self.ask_anew(rarely, 1)
            return self.fresh[often.id].failed > self.fresh[rarely.id].failed
        first = askings_to_tell(rates.fails, rates.noise)
        for times in (first, SECOND_LOOK * first):
            await self.ask_anew(often, times)
            await self.ask_anew(rarely, times)
            p = fails_less(self.fresh[rarely.id], self.fresh[often.id])
            if p <= level or p > HOPELESS:
                return p <= level
        return False


async def ablate(
    case: Case,
    fails: Fails,
    *,
    suspects: Sequence[str] = (),
    place: str = "",
    slots: int = 16,
    deterministic: bool = False,
) -> Cause:
    """Look for the cause among the case's features; ``fails`` asks once.

    ``suspects`` (from the screen of a run) are believed a little more beforehand; ``place`` is the
    pointer at which the case fails. Lets BudgetSpentError through from ``fails``.
    """
    asker = _Asker(fails, slots, deterministic)
    whole = await _how_often(case, asker)
    if not whole.failed:
        return Cause(calls=asker.calls, reason="the failure did not come again")
    if whole.rate < LOWEST_RATE:
        return Cause(
            rate=whole.rate,
            calls=asker.calls,
            reason=f"it fails in only {whole.words} askings, too few to tell features apart",
        )
    bare = bare_with(case, (), place)
    whole, nothing = await _beside(case, whole, bare, asker)
    if (not deterministic and fails_less(nothing, whole) > MATTERS) or nothing.rate >= whole.rate:
        # It fails with hardly anything left, so it can't be a feature.
        gone = features_of(case) - features_of(bare)
        return Cause(cleared=tuple(sorted(gone)), rate=whole.rate, calls=asker.calls)
    noise = (nothing.failed + 2) / (nothing.asked + 10)
    rates = Rates(min(whole.rate, 0.95), noise=noise, deterministic=deterministic)
    cause, left = Cause(), toggles(case)
    for cleared_at in CLEARED_AT[: 1 if deterministic else None]:
        needed, cleared = await _screen([*left.values()], asker, rates, suspects, cleared_at)
        cause = await _prove(case, needed, cleared, asker, rates, place)
        left = {f: t for f, t in left.items() if f not in cause.suspected}
        if cause.groups:
            break
    return cause


async def _how_often(case: Case, asker: _Asker) -> Tally:
    if asker.deterministic:
        return await asker.tally(case, 1)
    whole, asked = Tally(), 0
    while whole.failed < ENOUGH_FAILURES and asked < MOST_CALLS:
        whole += await asker.tally(case, asker.slots)
        asked += asker.slots
    return whole


async def _beside(case: Case, whole: Tally, bare: Case, asker: _Asker) -> tuple[Tally, Tally]:
    """Ask the case without any feature as often as the whole, both longer if that is too few."""
    nothing = await asker.tally(bare, whole.asked)
    if not asker.deterministic and MATTERS < fails_less(nothing, whole) <= HOPELESS:
        more = (SECOND_LOOK - 1) * whole.asked
        whole += await asker.tally(case, more)
        nothing += await asker.tally(bare, more)
    return whole, nothing


async def _screen(
    found: Sequence[Toggle],
    asker: _Asker,
    rates: Rates,
    suspects: Sequence[str],
    cleared_at: float,
) -> tuple[list[Toggle], set[str]]:
    """Return the features that look needed, and those that the case clearly fails without."""
    odds = {
        t.feature: Odds(0.7 if t.feature in suspects else -0.7, cleared_at, SUSPECTED_AT)
        for t in found
    }
    while open_ones := [t for t in found if odds[t.feature].open]:
        times = 1 if asker.deterministic else max(1, asker.slots // len(open_ones))
        asked = [t for t in open_ones for _ in range(times)]
        answers = await asker.ask([t.case for t in asked])
        for t, failed in zip(asked, answers, strict=True):
            if odds[t.feature].open:
                odds[t.feature].note(failed, rates, SHARE)
    needed = [t for t in found if odds[t.feature].essential]
    return needed, {t.feature for t in found if odds[t.feature].removable}


def _groups(needed: Sequence[Toggle], cleared: set[str]) -> list[list[str]]:
    """Return the needed features, those together that can't be told apart.

    A feature that the case fails without (``cleared``) is never to blame, also when it had to go
    together with a needed one. Of features that can only go together, the one whose removal
    takes away least else comes first.
    """
    groups: list[list[str]] = []
    for t in sorted(needed, key=lambda t: (len(t.lost - cleared), len(t.lost), t.feature)):
        rest = t.lost - cleared - {t.feature}
        known = {f for group in groups for f in group}
        # What can't go without a suspect is explained by it.
        if t.feature not in known and rest.isdisjoint(known):
            groups.append([t.feature, *sorted(rest)])
    return groups


async def _prove(
    case: Case,
    suspected: Sequence[Toggle],
    cleared: set[str],
    asker: _Asker,
    rates: Rates,
    place: str,
) -> Cause:
    """Ask anew whether each suspect is needed, and whether those that are do it alone."""
    groups = _groups(suspected, cleared)
    without = {t.feature: t.case for t in suspected}
    level = LEVEL / max(len(groups), 1)
    needed = [g for g in groups if await asker.told_apart(without[g[0]], case, rates, level)]
    cause = Cause(
        cleared=tuple(sorted(cleared)),
        suspected=tuple(sorted(g[0] for g in groups if g not in needed)),
        rate=rates.fails,
        calls=asker.calls,
    )
    if not needed:
        return cause
    # What fails most often without one of them is the one to be clear of.
    lacking = max((without[g[0]] for g in needed), key=lambda c: asker.fresh[c.id].rate)
    alone = bare_with(case, [g[0] for g in needed], place)
    suffices = await asker.told_apart(lacking, alone, rates, LEVEL)
    if not suffices and any(len(g) > 1 for g in needed):
        # The likeliest of each group is not it; perhaps another one is.
        alone = bare_with(case, [f for g in needed for f in g], place)
        suffices = await asker.told_apart(lacking, alone, rates, LEVEL / 2)
    fresh = asker.fresh
    if suffices and fails_less(fresh[alone.id], fresh[case.id]) <= LEVEL / 10:
        # It fails alone as well, but far more rarely: something else has its part in it.
        suffices = False
    counts = (
        f"{fresh[case.id].words} failed with it, {fresh[lacking.id].words} without it, "
        f"{fresh[alone.id].words} with hardly anything else"
    )
    left = features_of(alone)
    named = [(g[0], *(f for f in g[1:] if f in left or not suffices)) for g in needed]
    return replace(cause, groups=tuple(named), suffices=suffices, calls=asker.calls, counts=counts)
