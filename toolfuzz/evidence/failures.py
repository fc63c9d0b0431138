"""The distinct failures of a run: same defect, same schema shape, same target are one cause."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from toolfuzz.analyze.load import RunData
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


@dataclass(frozen=True, slots=True)
class Failure:
    """One cause on one target; ``example`` is its smallest case, ``finding`` what it shows.

    ``verdicts`` are all replies that show it, ``streams`` the stream modes in which it was seen.
    ``answered`` is a case that the target answered, for what one reply alone can't show.
    ``siblings`` are the next larger cases that show it: the example may be one that rarely fails.
    """

    target: str
    symptom: Symptom
    example: Case
    finding: Finding
    verdicts: tuple[Verdict, ...]
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
        return tuple(sorted({v.stream for v in self.verdicts}))

    @property
    def cases(self) -> int:
        """How many different cases show it."""
        return len({v.case_id for v in self.verdicts})

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
    found: dict[tuple[str, Symptom], list[tuple[Verdict, Finding]]] = defaultdict(list)
    for verdict in run.verdicts.wrong:
        if wanted and verdict.case_id not in wanted:
            continue
        seen: set[Symptom] = set()
        errors = [f for f in verdict.findings if f.severity == "error"]
        for finding in errors:
            # That streamed and plain differ follows from what is wrong with one of them.
            if needs_both(finding.slug) and len({f.slug for f in errors}) > 1:
                continue
            symptom = Symptom.of(finding)
            if symptom not in seen:
                seen.add(symptom)
                found[verdict.target, symptom].append((verdict, finding))
    if wanted and not found:
        raise UsageError("these cases did not fail", "`toolfuzz report RUN` shows what did")
    # A case often shows several symptoms.
    sized = cache(lambda id_: size(run.cases[id_]))
    grouped = [
        _failure(run, target, symptom, shown, sized) for (target, symptom), shown in found.items()
    ]
    return sorted(grouped, key=lambda f: (_rank(run, f), -f.cases, f.name))


def _rank(run: RunData, failure: Failure) -> int:
    return harm_rank(failure.symptom.slug) if run.nature(failure.target).deterministic else 0


def _failure(
    run: RunData,
    target: str,
    symptom: Symptom,
    shown: list[tuple[Verdict, Finding]],
    sized: Callable[[str], int],
) -> Failure:
    sizes = {v.case_id: sized(v.case_id) for v, _ in shown}
    smallest, finding = min(shown, key=lambda item: (sizes[item[0].case_id], item[0].case_id))
    others = sorted(sizes.keys() - {smallest.case_id}, key=lambda id_: (sizes[id_], id_))
    known = defects().get(symptom.slug)
    answered = None
    if known is not None and known.by_run:
        well = {v.case_id for v in run.of(target).light() if v.status == "pass"}
        answered = run.cases[min(well, key=sized)] if well else None
    example = run.cases[smallest.case_id]
    return Failure(
        target, symptom, example, finding, tuple(v for v, _ in shown), answered,
        tuple(run.cases[id_] for id_ in others[:_SIBLINGS]),
    )  # fmt: skip


def _matching(run: RunData, part: str) -> list[str]:
    found = [case_id for case_id in run.cases if case_id.startswith(part)]
    if not found:
        raise UsageError(
            f"the run has no case {part!r}", "case ids stand in summary.json and in the report"
        )
    return found
