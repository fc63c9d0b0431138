"""Asking for the cause of a failure and for its layer, with everything asked kept in journals."""

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.codec import FORMAT_VERSION
from toolfuzz.core.nature import nature_of
from toolfuzz.evidence.ablation import Cause, ablate
from toolfuzz.evidence.examiner import Budget, Examiner
from toolfuzz.evidence.failures import Failure
from toolfuzz.evidence.layer import Layer, Trial, Way, decide
from toolfuzz.evidence.reduce import BudgetSpentError, all_answers
from toolfuzz.evidence.study import open_study
from toolfuzz.generate.respell import SPELLINGS, respelled
from toolfuzz.judge.policy import Policy
from toolfuzz.sources.source import SourceSpec

__all__ = ["Attribution", "Other", "attribute_failure", "attribution_to_json"]

TIMES = 16
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
    """What was asked, the layer, the cause. ``reason`` says why it ended early, if it did."""

    trials: tuple[Trial, ...]
    layer: Layer
    cause: Cause
    calls: int
    reason: str = ""


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
    """Ask ``case`` (the smallest that shows the failure) in other ways, then take the features of
    the failure's example away. ``place`` is the pointer at which ``case`` fails,
    None when any place will do.

    Goes on where an earlier attribution in the folder stood. A spent budget ends it early with
    what is known.
    """
    stream = failure.streams[0]
    deterministic = nature_of(source.target).deterministic
    trials: list[Trial] = []
    cause, reason = Cause((), (), False, (), 0.0, 0), ""
    async with AsyncExitStack() as stack:

        async def examiner(who: SourceSpec, streamed: bool, name: str) -> Examiner:
            opened = open_study(
                who, folder / name, stream=streamed, budget=budget, started=started, policy=policy,
                answered=failure.answered,
            )  # fmt: skip
            return await stack.enter_async_context(opened)

        async def ask(way: Way, what: str, who: Examiner, other: Case, deterministic: bool) -> None:
            fails = _shows(who, failure.symptom.slug, None if what in _RENAMED else place)
            answers = await all_answers(
                [fails(other) for _ in range(1 if deterministic else TIMES)]
            )
            known = [a for a in answers if a is not None]
            trials.append(Trial(way, what, sum(known), len(known)))

        try:
            own = await examiner(source, stream, _mode(stream))
            await ask("again", f"the case again, {_mode(stream)}", own, case, deterministic)
            turned = await examiner(source, not stream, _mode(not stream))
            await ask("mode", f"the same, {_mode(not stream)}", turned, case, deterministic)
            for number, other in enumerate(others):
                sure = nature_of(other.source.target).deterministic
                asked = await examiner(other.source, stream, f"{other.way}-{number}")
                await ask(other.way, other.what, asked, case, sure)
            for name, spelled in respelled(case).items():
                await ask("respelled", SPELLINGS[name], own, spelled, deterministic)
            cause = await ablate(
                failure.example,
                _shows(own, failure.symptom.slug, failure.finding.pointer),
                suspects=sorted(suspects),
                place=failure.finding.pointer,
                deterministic=deterministic,
            )
        except BudgetSpentError as spent:
            reason = str(spent)
    first = trials or [Trial("again", "the case again", 0, 0)]
    layer = decide(first, failure.symptom.slug, parser_only=deterministic)
    return Attribution(tuple(trials), layer, cause, budget.spent_calls, reason)


def attribution_to_json(found: Attribution, screened: Sequence[str]) -> JsonObject:
    """Return what ``attribution.json`` holds; ``screened`` are the screen's sentences."""
    return {
        "format_version": FORMAT_VERSION,
        "layer": found.layer.where,
        "reasons": list(found.layer.reasons),
        "causes": [found.cause.words] if found.cause.rate else [],
        "cause": {
            "features": list(found.cause.features),
            "also": list(found.cause.also),
            "proven": found.cause.proven,
            "cleared": list(found.cause.cleared),
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
