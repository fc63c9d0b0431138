"""Which failures a page shows in full, and the causes that all of them belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from toolfuzz.analyze import worst
from toolfuzz.analyze.load import causes
from toolfuzz.core.case import Case
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.report.html.models import Model

__all__ = ["FAILURES_LIMIT", "Failed", "FailureGroup", "by_cause", "in_turn"]

FAILURES_LIMIT = 300
"""The most failures that are shown in full."""


@dataclass(frozen=True, slots=True)
class Failed:
    """One reply that failed. ``anchor`` is its name in the page's address."""

    model: Model
    verdict: Verdict
    anchor: str

    @property
    def case(self) -> Case:
        """What was asked."""
        return self.model.run.cases[self.verdict.case_id]

    @property
    def tools(self) -> tuple[str, ...]:
        """The user's tools that it should have called; in recordings, those that it called."""
        return self.verdict.tools or self.model.run.drawn(self.verdict.case_id).called

    @property
    def first(self) -> Finding:
        """What it failed for, first of all."""
        return causes(self.verdict)[0]

    @property
    def slugs(self) -> list[str]:
        """The defects that failed it, in order."""
        return list(dict.fromkeys(f.slug for f in causes(self.verdict)))


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """The same defect at the same shape of schema on the same model.

    ``count`` replies to ``cases`` different cases show it; ``failed`` are the smallest of them, the
    smallest first, as many as a page can show.
    """

    model: Model
    slug: str
    shape: str
    count: int
    cases: int
    failed: list[Failed]


def by_cause(models: Sequence[Model]) -> list[FailureGroup]:
    """Return the causes, the commonest first; a reply stands under its first cause alone."""
    made = [group for number, model in enumerate(models) for group in _of_model(number, model)]
    return sorted(made, key=lambda c: (-c.count, c.model.label, c.slug, c.shape))


def _of_model(number: int, model: Model) -> Iterator[FailureGroup]:
    for cause in worst.by_cause(model.run, lambda target, slug: target == model.target.name):
        answers = model.run.verdicts.at(cause.rows)
        smallest = answers[:FAILURES_LIMIT]
        failed = [Failed(model, verdict, _anchor(number, verdict)) for verdict in smallest]
        cases = len(set(answers.pick(answers.questions.case)))
        yield FailureGroup(model, cause.slug, cause.shape, len(answers), cases, failed)


def _anchor(number: int, verdict: Verdict) -> str:
    way = "s" if verdict.stream else "p"
    return f"f{number}-{verdict.case_id}-{way}{verdict.repeat}"


def in_turn(found: Sequence[FailureGroup]) -> Iterator[Failed]:
    """Return the failures so that every cause comes early: one of each, then a second of each."""
    for round_ in zip_longest(*(cause.failed for cause in found)):
        yield from (failed for failed in round_ if failed is not None)
