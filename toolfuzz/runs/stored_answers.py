"""What a stored baseline answered: told from its columns, read for the cases that are asked."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from toolfuzz.analyze.load import Answers, RunData
from toolfuzz.core.case import Case
from toolfuzz.core.exchange import Target
from toolfuzz.core.verdict import Verdict
from toolfuzz.pools.question import modes

__all__ = ["answered_cases", "stored_answers", "verdicts_on"]


def stored_answers(run: RunData, target: str, candidate: Target) -> Answers:
    """Return a target's first answers in the stream modes in which the candidate is asked."""
    asked, ways = run.verdicts.questions, modes(candidate)
    return run.of(target).judged.where(
        lambda row: asked.repeat[row] == 0 and bool(asked.stream[row]) in ways
    )


def answered_cases(run: RunData, answers: Answers) -> Iterator[Case]:
    """Give the cases of these answers in the order in which they were drawn."""
    there = {*answers.pick(answers.questions.case)}
    for case, id_ in enumerate(answers.questions.cases.ids.texts):
        if case in there:
            yield run.cases[id_]


def verdicts_on(answers: Answers, cases: Iterable[Case], label: str) -> dict[str, list[Verdict]]:
    """Return the verdicts on these cases by their ids, as those of a target under that label."""
    wanted, asked = {case.id for case in cases}, answers.questions
    ids = asked.cases.ids.texts
    found: dict[str, list[Verdict]] = {}
    for verdict in answers.where(lambda row: ids[asked.case[row]] in wanted):
        found.setdefault(verdict.case_id, []).append(replace(verdict, target=label))
    return found
