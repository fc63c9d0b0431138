"""Asking for the cause of a failure and for its layer, with everything asked kept in journals."""

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from toolfuzz.analyze.contrast import Tally
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.codec import FORMAT_VERSION
from toolfuzz.core.nature import nature_of
from toolfuzz.evidence.ablation import Cause, ablate
from toolfuzz.evidence.examiner import Budget, Examiner
from toolfuzz.evidence.failures import Failure
from toolfuzz.evidence.layer import Layer, Question, Trial, Way, compare, decide, of_history
from toolfuzz.evidence.rebuild import last_alone
from toolfuzz.evidence.reduction import (
    BudgetSpentError,
    all_answers,
)
from toolfuzz.evidence.study import open_study
from toolfuzz.generate.respell import SPELLINGS, respelled
from toolfuzz.judge.policy import Policy
from toolfuzz.sources.source import SourceSpec

__all__ = ["Attribution", "Other", "attribute_failure", "attribution_to_json"]

# A failure's place has another name there.
_RENAMED = frozenset({SPELLINGS["neutral-names"]})
_ITEM = re.compile(r"/[0-9]+(?=/|$)")


@dataclass(frozen=True, slots=True)
class Other:
    """Another target that can be asked the same; ``way`` as in Trial."""

    way: Way
    what: str
    source: SourceSpec


@dataclass(frozen=True, slots=True)
class Attribution:
    """What was asked, the layer, the cause; of a conversation whether it is the ``history``.

    ``reason`` says why it ended early, if it did.
    """

    trials: tuple[Trial, ...]
    layer: Layer
    cause: Cause
    calls: int
    reason: str = ""
    history: str = ""


async def attribute_failure(
    failure: Failure,
    case: Case,
    place: str | None,
    source: SourceSpec,
    others: Sequence[Other],
    folder: Path,
    budget: Budget,
    *,
    started: float,
    suspects: Collection[str] = (),
    policy: Policy | None = None,
) -> Attribution:
    """Ask ``case`` (the smallest that shows the failure) in other ways, then take its features
    away. ``place`` is the pointer at which it fails, None when any place will do.

    Goes on where an earlier attribution in the folder stood. A spent budget ends it early with
    what is known.
    """
    stream = failure.streams[0]
    sure = nature_of(source.target).deterministic
    trials: list[Trial] = []
    cause, reason = Cause(), ""
    async with AsyncExitStack() as stack:

        async def examiner(
            who: SourceSpec, streamed: bool, name: str, *, rehearsed: bool = False
        ) -> Examiner:
            opened = open_study(
                who, folder / name, stream=streamed, budget=budget, started=started, policy=policy,
                answered=failure.answered, rehearsed=rehearsed,
            )  # fmt: skip
            return await stack.enter_async_context(opened)

        def question(who: Examiner, way: Way, what: str, other: Case, sure: bool) -> Question:
            fails = _shows(who, failure.symptom.slug, None if what in _RENAMED else place)

            async def ask(times: int) -> Tally:
                answers = await all_answers([fails(other) for _ in range(times)])
                known = [a for a in answers if a is not None]
                return Tally(sum(known), len(known))

            return Question(way, what, ask, sure)

        try:
            own = await examiner(source, stream, _mode(stream))
            turned = await examiner(source, not stream, _mode(not stream))
            questions = [
                question(own, "again", f"the case again, {_mode(stream)}", case, sure),
                question(turned, "mode", f"the same, {_mode(not stream)}", case, sure),
            ]
            if (alone := last_alone(case)) is not None:
                told = await examiner(source, stream, "rehearsed", rehearsed=True)
                questions += [
                    question(own, "alone", "the last question without its history", alone, sure),
                    question(told, "rehearsed", "after right replies that it didn't give", case,
                             sure),
                ]  # fmt: skip
            for number, other in enumerate(others):
                asked = await examiner(other.source, stream, f"{other.way}-{number}")
                certain = nature_of(other.source.target).deterministic
                questions.append(question(asked, other.way, other.what, case, certain))
            questions += [
                question(own, "respelled", SPELLINGS[name], spelled, sure)
                for name, spelled in respelled(case).items()
            ]
            await compare(questions, trials)
            if failure.needs_answer:
                reason = "without the right answer no feature can be cleared (--expect gives it)"
            else:
                cause = await ablate(
                    case,
                    _shows(own, failure.symptom.slug, place),
                    suspects=sorted(suspects),
                    place=place or "",
                    deterministic=sure,
                )
        except BudgetSpentError as spent:
            reason = str(spent)
    first = trials or [Trial("again", "the case again", 0, 0)]
    layer = decide(first, failure.symptom.slug, parser_only=sure)
    history = of_history(first)
    if failure.finding.turn and len(case.turns) == 1:
        history = "It is not the history: the minimal case has none."
    return Attribution(tuple(trials), layer, cause, budget.asked, reason, history)


def attribution_to_json(found: Attribution, screened: Sequence[str]) -> JsonObject:
    """Return what ``attribution.json`` holds; ``screened`` are the screen's sentences."""
    return {
        "format_version": FORMAT_VERSION,
        "layer": found.layer.where,
        "reasons": list(found.layer.reasons),
        "history": found.history,
        "causes": [found.cause.words] if found.cause.calls else [],
        "cause": {
            "features": list(found.cause.features),
            "also": list(found.cause.also),
            "proven": found.cause.proven,
            "cleared": list(found.cause.cleared),
            "suspected": list(found.cause.suspected),
            "counts": found.cause.counts,
        },
        "associated": list(screened),
        "trials": [
            {"kind": t.way, "what": t.what, "failed": t.failed, "asked": t.asked, "words": t.words}
            for t in found.trials
        ],
        "calls": found.calls,
        "ended": found.reason,
    }


def _shows(
    examiner: Examiner, slug: str, place: str | None = None
) -> Callable[[Case], Awaitable[bool | None]]:
    """Look for the defect at that place, or anywhere; in another spelling its shape differs."""

    async def shows(case: Case) -> bool | None:
        verdict = await examiner.ask(case)
        if verdict is None or verdict.status == "unjudged":
            return None
        found = (f.pointer for f in verdict.findings if f.slug == slug)
        return any(place is None or _same_place(p, place) for p in found)

    return shows


def _same_place(one: str, other: str) -> bool:
    """Whether two pointers lead to the same member, whatever the position in an array."""
    return _ITEM.sub("/0", one) == _ITEM.sub("/0", other)


def _mode(stream: bool) -> str:
    return "streamed" if stream else "not streamed"
