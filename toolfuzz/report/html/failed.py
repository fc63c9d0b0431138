"""Which failures a page shows in full, and the causes that all of them belong to."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from toolfuzz.analyze.load import Question, causes, question
from toolfuzz.core.case import Case
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.report.html.models import Model

__all__ = ["Failed", "FailureGroup", "by_cause", "in_turn"]


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
    def first(self) -> Finding:
        """What it failed for, first of all."""
        return causes(self.verdict)[0]

    @property
    def slugs(self) -> list[str]:
        """The defects that failed it, in order."""
        return list(dict.fromkeys(f.slug for f in causes(self.verdict)))


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """The same defect at the same shape of schema on the same model; the smallest replies first."""

    model: Model
    slug: str
    shape: str
    failed: list[Failed]

    @property
    def cases(self) -> int:
        """How many different cases show it."""
        return len({f.verdict.case_id for f in self.failed})


def by_cause(models: Sequence[Model]) -> list[FailureGroup]:
    """Return the causes, the commonest first; a reply stands under its first cause alone."""
    found: dict[tuple[int, str, str], list[Failed]] = defaultdict(list)
    for number, model in enumerate(models):
        for verdict in model.run.of(model.target.name):
            if not causes(verdict):
                continue
            way = "s" if verdict.stream else "p"
            anchor = f"f{number}-{verdict.case_id}-{way}{verdict.repeat}"
            failed = Failed(model, verdict, anchor)
            found[number, failed.first.slug, failed.first.shape].append(failed)
    made = [
        FailureGroup(models[number], slug, shape, sorted(failed, key=_size))
        for (number, slug, shape), failed in found.items()
    ]
    return sorted(made, key=lambda c: (-len(c.failed), c.model.label, c.slug, c.shape))


def in_turn(found: Sequence[FailureGroup]) -> Iterator[Failed]:
    """Return the failures so that every cause comes early: one of each, then a second of each."""
    for round_ in zip_longest(*(cause.failed for cause in found)):
        yield from (failed for failed in round_ if failed is not None)


def _size(failed: Failed) -> tuple[int, Question]:
    asked = [tool.parameters for tool in failed.case.tools]
    return len(str(asked)), question(failed.verdict)
