"""The replies that failed, by cause, the worst first."""

from array import array
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from toolfuzz.analyze.load import RunData
from toolfuzz.judge.harm import harm_rank

__all__ = ["FailedCause", "by_cause"]


@dataclass(frozen=True, slots=True)
class FailedCause:
    """The same defect at the same shape of schema on the same target.

    ``rows`` are the replies that show it, by their rows in the run's columns, those to the smallest
    cases first. A reply stands under its first cause alone.
    """

    target: str
    slug: str
    shape: str
    rows: "array[int]"


def by_cause(
    run: RunData, wanted: Callable[[str, str], bool] = lambda target, slug: True
) -> list[FailedCause]:
    """Return the causes of a run's failures, the commonest first; of parsers by what they do.

    ``wanted`` says of a target and a defect whether it is. No line of the journal is read.
    """
    asked = run.verdicts.questions
    found: dict[tuple[str, str, str], array[int]] = defaultdict(lambda: array("q"))
    for row in run.verdicts.wrong.rows:
        causes = asked.causes(row)
        if causes:
            target = asked.targets.texts[asked.target[row]]
            found[target, causes[0].slug, causes[0].shape].append(row)
    made = [
        FailedCause(*cause, array("q", sorted(rows, key=asked.smallness)))
        for cause, rows in found.items()
        if wanted(*cause[:2])
    ]
    return sorted(made, key=lambda c: (_rank(run, c), -len(c.rows), c.target, c.slug, c.shape))


def _rank(run: RunData, cause: FailedCause) -> int:
    """How often drawn cases meet a parser's mistake says little of it."""
    return harm_rank(cause.slug) if run.nature(cause.target).deterministic else 0
