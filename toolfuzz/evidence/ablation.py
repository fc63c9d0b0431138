"""Which features of a failing case cause the failure: taken away one at a time, then kept alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from toolfuzz.core.case import Case
from toolfuzz.evidence.reduce import Reduction, all_answers, still_fails
from toolfuzz.evidence.suspicion import Odds, Rates
from toolfuzz.evidence.toggles import Toggle, bare_with, features_of, toggle

__all__ = ["Cause", "ablate"]

Fails = Callable[[Case], Awaitable[bool | None]]

CONFIRM_FAILURES = 10
CONFIRM_CALLS = 32
# A failure that comes at this share of its rate without a feature doesn't need the feature.
_SHARE = 0.85
_LIMIT = 6.0


@dataclass(frozen=True, slots=True)
class Cause:
    """What the ablation found.

    ``features`` are needed: without any one of them the failure goes away. ``also`` can't be told
    apart from them here. ``suffices`` says that a case with hardly anything else still fails;
    only then it is a cause. ``cleared`` are features that it fails without.
    """

    features: tuple[str, ...]
    also: tuple[str, ...]
    suffices: bool
    cleared: tuple[str, ...]
    rate: float
    calls: int

    @property
    def proven(self) -> bool:
        """Whether this may be called a cause."""
        return bool(self.features) and self.suffices

    @property
    def words(self) -> str:
        """One sentence for people."""
        if not self.rate:
            return "No cause was looked for: the failure did not come again."
        if not self.features:
            return "No single feature is needed: without any one of them it still fails."
        name = " together with ".join(self.features)
        alias = f" (here always with {', '.join(self.also)})" if self.also else ""
        if self.suffices:
            return f"The cause is {name}{alias}: without it no failure, and it alone is enough."
        return f"{name}{alias} is needed for the failure, but alone it is not enough."


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

    ``suspects`` (from the screen) are believed a little more beforehand; ``place`` is the pointer
    at which the case fails. Lets BudgetSpentError
    through from ``fails``.
    """
    progress: Reduction[str] = Reduction()
    rate, calls = await _rate(case, fails, slots, deterministic)
    if rate == 0:
        return Cause((), (), False, (), 0.0, calls)
    rates = replace(Rates(min(max(rate, 0.1), 0.9)), deterministic=deterministic)
    found = [t for f in sorted(features_of(case)) if (t := toggle(case, f)) is not None]
    odds = {t.feature: Odds(0.7 if t.feature in suspects else -0.7, _LIMIT, _LIMIT) for t in found}
    while open_ones := [t for t in found if odds[t.feature].open]:
        times = 1 if deterministic else max(1, slots // len(open_ones))
        asked = [t for t in open_ones for _ in range(times)]
        answers = await all_answers([fails(t.case) for t in asked])
        calls += len(asked)
        for t, failed in zip(asked, answers, strict=True):
            if failed is not None and odds[t.feature].open:
                odds[t.feature].take(failed, rates, _SHARE)
    cleared = {t.feature for t in found if odds[t.feature].removable}
    needed = [t for t in found if odds[t.feature].essential]
    blamed, also = _blamed(needed, cleared)
    suffices = False
    if blamed:
        alone = bare_with(case, blamed, place)
        suffices = await still_fails(lambda: fails(alone), rates, progress, slots)
    return Cause(blamed, also, suffices, tuple(sorted(cleared)), rate, calls + progress.calls)


async def _rate(case: Case, fails: Fails, slots: int, deterministic: bool) -> tuple[float, int]:
    failed = asked = 0
    enough = 1 if deterministic else CONFIRM_FAILURES
    most = 1 if deterministic else CONFIRM_CALLS
    while failed < enough and asked < most:
        answers = await all_answers([fails(case) for _ in range(min(enough, slots))])
        known = [a for a in answers if a is not None]
        asked += len(answers)
        failed += sum(known)
    return failed / asked, asked


def _blamed(needed: Sequence[Toggle], cleared: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the needed features that are to blame, and those that can't be told apart from them.

    A feature that the case fails without (``cleared``) is never to blame, also when it had to go
    together with a needed one. Of features that can only go together, the one whose removal
    takes away least else is named.
    """
    blamed: list[str] = []
    also: set[str] = set()
    explained: set[str] = set()
    for t in sorted(needed, key=lambda t: (len(t.lost - cleared), len(t.lost), t.feature)):
        rest = t.lost - cleared - {t.feature}
        if t.feature in explained:
            continue
        if rest & set(blamed):
            # It can't go without a blamed one, so it may be one as well.
            also.add(t.feature)
            continue
        blamed.append(t.feature)
        explained |= rest
        also |= rest
    return tuple(sorted(blamed)), tuple(sorted(also - set(blamed)))
