"""The distinct failures of a run: same defect, same schema shape, same target are one cause."""

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from heapq import nsmallest

from toolfuzz.analyze.load import Answers, RunData
from toolfuzz.analyze.questions import PASS
from toolfuzz.core.case import Case
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import file_name
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.evidence.examiner import Symptom
from toolfuzz.evidence.tree import size
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.harm import harm_rank

__all__ = ["Failure", "endpoint_failures", "failures", "needs_both", "not_one_sided", "of_gateway"]

_SIBLINGS = 3
_MOST_READ = 1000


@dataclass(frozen=True, slots=True)
class Failure:
    """One cause on one target; ``example`` is its smallest case, ``finding`` what it shows.

    ``verdicts`` are those on the example that show it, ``replies`` counts all replies that do, by
    stream mode, and ``cases`` the cases.
    ``answered`` is a case that the target answered, for what one reply alone can't show.
    ``siblings`` are the next larger cases that show it: the example may be one that rarely fails.
    """

    target: str
    symptom: Symptom
    example: Case
    finding: Finding
    verdicts: Sequence[Verdict]
    replies: Counter[bool]
    cases: int = 1
    answered: Case | None = None
    siblings: tuple[Case, ...] = ()

    @property
    def case(self) -> Case:
        """The example without the turns after the one that failed."""
        return replace(self.example, turns=self.example.turns[: max(self.finding.turn, 0) + 1])

    @property
    def needs_answer(self) -> bool:
        """Whether only the schema says what is wrong, since nobody knows the right answer.

        Whatever takes that part of the schema away then looks as if it mended the failure.
        """
        return bool(self.symptom.shape) and not self.case.knows_arguments(-1)

    @property
    def streams(self) -> tuple[bool, ...]:
        """Stream modes with this failure; plain first."""
        return tuple(sorted(self.replies))

    @property
    def name(self) -> str:
        """A name for files: slug and target for people, the rest to tell causes apart."""
        plain, shape = f"{self.symptom.slug}-{self.target}", self.symptom.shape
        shown = file_name(plain)
        told = shape if shown == plain else f"{shape}\n{plain}"
        told_hash = hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()
        return f"{shown}-{self.example.id[:6]}{told_hash[:4]}"


def needs_both(slug: str) -> bool:
    """Whether it takes a plain and a streamed reply to see the defect."""
    known = defects().get(slug)
    return known is not None and known.shows_in == "both"


def of_gateway(slug: str) -> bool:
    """Whether it takes both sides of a gateway to see the defect."""
    known = defects().get(slug)
    return known is not None and known.shows_in == "relay"


def not_one_sided() -> UsageError:
    """Return the error for a gateway's mistake where an endpoint is asked."""
    return UsageError(
        "what a gateway changes shows only where both of its sides are seen",
        "`toolfuzz trial --case CASE.json …` asks it again; a trial's reports and smallest cases "
        "stand in reports/ of its folder",
    )


def endpoint_failures(run: RunData, only_cases: tuple[str, ...] = ()) -> list[Failure]:
    """Return the failures that asking an endpoint can show again; see ``failures``.

    Raises UsageError for a gateway's trial.
    """
    if "trial" in run.started.settings:
        raise not_one_sided()
    return failures(run, only_cases)


def failures(run: RunData, only_cases: tuple[str, ...] = ()) -> list[Failure]:
    """Return the failures of a run, the commonest first; those of parsers by what they do.

    How often generated cases meet a parser's mistake says little of it: the most harmful is first.

    ``only_cases`` are case ids or their beginnings. Raises UsageError for one that is not in the
    run, or that did not fail.
    """
    wanted = {case_id for part in only_cases for case_id in _matching(run, part)}
    asked = run.verdicts.questions
    symptoms = cache(lambda kind: _symptoms(asked.kinds[kind]))
    found: dict[tuple[str, Symptom], array[int]] = defaultdict(lambda: array("q"))
    for row in run.verdicts.wrong.rows:
        if wanted and asked.cases.ids.texts[asked.case[row]] not in wanted:
            continue
        for symptom in symptoms(asked.findings[row]):
            found[asked.targets.texts[asked.target[row]], symptom].append(row)
    if wanted and not found:
        raise UsageError("these cases did not fail", "`toolfuzz report RUN` shows what did")
    # A case often shows several symptoms.
    sized = cache(lambda id_: size(run.cases[id_]))
    grouped = [
        _failure(run, target, symptom, run.verdicts.at(rows), sized)
        for (target, symptom), rows in found.items()
    ]
    return sorted(grouped, key=lambda f: (_rank(run, f), -f.cases, f.name))


def _symptoms(findings: Sequence[Finding]) -> Sequence[Symptom]:
    """Return what a reply with these findings shows."""
    errors = [f for f in findings if f.severity == "error"]
    several = len({f.slug for f in errors}) > 1
    # That streamed and plain differ follows from what is wrong with one of them.
    shown = (f for f in errors if not (several and needs_both(f.slug)))
    return tuple(dict.fromkeys(map(Symptom.of, shown)))


def _rank(run: RunData, failure: Failure) -> int:
    return harm_rank(failure.symptom.slug) if run.nature(failure.target).deterministic else 0


def _failure(
    run: RunData, target: str, symptom: Symptom, shown: Answers, sized: Callable[[str], int]
) -> Failure:
    asked = run.verdicts.questions
    smallest, *others = _smallest(shown, sized, 1 + _SIBLINGS)
    verdicts = shown.where(lambda row: asked.cases.ids.texts[asked.case[row]] == smallest)
    errors = (f for f in verdicts[0].findings if f.severity == "error")
    finding = next(f for f in errors if Symptom.of(f) == symptom)
    known = defects().get(symptom.slug)
    answered = None
    if known is not None and known.by_run:
        well = _smallest(run.of(target).where(lambda row: asked.status[row] == PASS), sized, 1)
        answered = run.cases[well[0]] if well else None
    return Failure(
        target,
        symptom,
        run.cases[smallest],
        finding,
        verdicts,
        Counter(map(bool, shown.pick(asked.stream))),
        len({*shown.pick(asked.case)}),
        answered,
        tuple(run.cases[id_] for id_ in others),
    )


def _smallest(of: Answers, sized: Callable[[str], int], most: int) -> list[str]:
    """Return the ids of the smallest cases among those that were answered so.

    Of very many, those with the shortest schemas and arguments are read to see.
    """
    cases = of.questions.cases
    short = nsmallest(_MOST_READ, {*of.pick(of.questions.case)}, key=cases.size.__getitem__)
    ids = [cases.ids.texts[case] for case in short]
    return sorted(ids, key=lambda id_: (sized(id_), id_))[:most]


def _matching(run: RunData, part: str) -> list[str]:
    found = [case_id for case_id in run.cases if case_id.startswith(part)]
    if not found:
        raise UsageError(
            f"the run has no case {part!r}", "case ids stand in summary.json and in the report"
        )
    return found
