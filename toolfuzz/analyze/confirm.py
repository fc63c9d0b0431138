"""What looked worse is asked again, and only the fresh answers say whether it is."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from toolfuzz.analyze.contrast import Tally
from toolfuzz.analyze.paired import CallPair, CallResult, Question, changes, failed

__all__ = ["Again", "Fresh", "asked_again", "changed_questions"]

# How clearly fresh answers must lean one way: a chance of one in ten, where nothing changed.
_FRESH_Z = 1.28
# The chance that fresh answers exceed the margin where the drop is just that: about one in six.
_MARGIN_Z = 1.0
_CONFIRMED_CASES = 2
_CANDIDATE_FAILS = 0.75
_BASELINE_FAILS = 0.25


@dataclass(frozen=True, slots=True)
class Fresh:
    """The answers when a question was asked again; unjudged ones are left out."""

    baseline: tuple[CallResult, ...]
    candidate: tuple[CallResult, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """How a suspicion fared: what each side failed when it was asked again.

    ``cases`` are those that are clearly worse again, ``z`` is the sign-flip statistic of the
    differences by case, and ``drop`` what they come to among all calls, at least ``low``.
    """

    baseline: Tally
    candidate: Tally
    cases: tuple[str, ...]
    z: float
    drop: float
    low: float

    @property
    def times(self) -> int:
        """How many fresh answers there are."""
        return self.baseline.asked + self.candidate.asked

    @property
    def leans(self) -> bool:
        """Whether the fresh answers are worse in sum."""
        return self.z > _FRESH_Z

    @property
    def confirmed(self) -> bool:
        """Whether the fresh answers alone are worse, clearly in some cases or in sum."""
        return len(self.cases) >= _CONFIRMED_CASES or self.leans


def changed_questions(pairs: Sequence[CallPair], slug: str) -> list[Question]:
    """Return what changed either way; what got better is the fair counterweight."""
    return [pair.question for pair, _ in changes(pairs, slug)]


def asked_again(pairs: Sequence[CallPair], fresh: Mapping[Question, Fresh], slug: str) -> Again:
    """Return what the fresh answers to the questions that changed say of ``slug`` ("": the rate).

    A question that one side gave no judgeable answer to counts for nothing.
    """
    baseline: dict[str, Tally] = defaultdict(Tally)
    candidate: dict[str, Tally] = defaultdict(Tally)
    change: dict[str, float] = defaultdict(float)
    for case_id, stream in changed_questions(pairs, slug):
        answers = fresh[case_id, stream]
        if not (answers.baseline and answers.candidate):
            continue
        old, new = _tally(answers.baseline, slug), _tally(answers.candidate, slug)
        baseline[case_id] += old
        candidate[case_id] += new
        change[case_id] += new.rate - old.rate
    drop, low = _drop(pairs, change)
    spread = sqrt(sum(c * c for c in change.values()))
    worse = tuple(
        c
        for c in change
        if candidate[c].rate >= _CANDIDATE_FAILS and baseline[c].rate <= _BASELINE_FAILS
    )
    z = sum(change.values()) / spread if spread else 0.0
    old_all, new_all = (sum(sides.values(), Tally()) for sides in (baseline, candidate))
    return Again(old_all, new_all, worse, z, drop, low)


def _tally(answers: Sequence[CallResult], slug: str) -> Tally:
    return Tally(sum(failed(a, slug) for a in answers), len(answers))


def _drop(pairs: Sequence[CallPair], change: Mapping[str, float]) -> tuple[float, float]:
    """Return the drop among all calls, and its lower end: calls that didn't change count as such.

    A call that failed by chance hardly does so again, so chance doesn't add to it.
    """
    sizes = Counter(pair.case_id for pair in pairs)
    drop = sum(change.values()) / len(pairs)
    squares = sum((change.get(c, 0.0) - drop * size) ** 2 for c, size in sizes.items())
    return drop, drop - _MARGIN_Z * sqrt(squares) / len(pairs)
