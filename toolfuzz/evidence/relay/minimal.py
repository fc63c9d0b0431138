"""The smallest case of each cause, found while the gateway still runs; kept beside the run.

``minimal/run.jsonl`` in the run's folder holds both sides of each minimal case at every door, and
of its nearest case that passes; ``minimal/causes.json`` says which case is which.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, StrictBool, StrictStr

from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.relay import Cause, cause_of
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.codec import FORMAT_VERSION
from toolfuzz.core.events import RunFinished, VerdictReached
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.evidence.examiner import Budget
from toolfuzz.evidence.minimize import Minimized, minimize
from toolfuzz.evidence.reduction import BudgetSpentError
from toolfuzz.evidence.tree import size
from toolfuzz.runs.derived import Count, read_json, write_json
from toolfuzz.runs.doors import Door
from toolfuzz.runs.record import Record
from toolfuzz.runs.trial import OnTrial, spent_out

__all__ = ["FOLDER", "Minimal", "find_minimal", "read_minimal"]

FOLDER = "minimal"
_CAUSES = "causes.json"
_EXAMPLES = 3
"""Cases of a cause that are tried until one fails again."""


@dataclass(frozen=True, slots=True)
class Minimal:
    """The smallest case of a cause at the door where it was looked for.

    ``nearest`` is the id of the nearest case that passes there, None where none was found; other
    causes that show ``besides`` may show there, too. ``size`` and ``drawn`` count what could be
    left out of it and of the case it was made of, ``askings`` what it took. ``reason`` says why it
    may be larger than it must be, "" where nothing can go.
    """

    cause: StrictStr
    target: StrictStr
    stream: StrictBool
    case: StrictStr
    nearest: StrictStr | None
    size: Count
    drawn: Count
    askings: Count
    reason: StrictStr
    besides: list[StrictStr] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _File:
    causes: Annotated[list[Minimal], Field(max_length=10_000)]


async def find_minimal(
    gateway: OnTrial,
    run: RunData,
    causes: Sequence[Cause],
    folder: Path,
    most_askings: int,
) -> None:
    """Make the case of each cause smaller until nothing can be taken away, and keep what it shows.

    A gateway that ends meanwhile ends the search; what was found is kept, also when it is
    interrupted. A cause that doesn't come again has no entry.
    """
    note = gateway.trial.note
    found: list[Minimal] = []
    with Record(folder / FOLDER, replace(run.started, started=time.time())) as record:
        try:
            for number, cause in enumerate(causes, 1):
                if gateway.ended() or spent_out(gateway):
                    break
                note(f"making a case smaller, {number} of {len(causes)}: {cause.name}")
                one = await _minimal(gateway, run, cause, record, most_askings)
                if one is not None:
                    found.append(one)
        finally:
            record.append([RunFinished(time.time())])
            write_json(folder / FOLDER / _CAUSES, _file(found))


async def _minimal(
    gateway: OnTrial,
    run: RunData,
    cause: Cause,
    record: Record,
    most_askings: int,
) -> Minimal | None:
    for verdict, case in _examples(run, cause):
        door = next(door for door in gateway.doors if door.name == verdict.target)
        stream = verdict.stream
        result, besides = await _minimized(door, case, cause, stream, Budget(most_askings))
        if not result.confirmed:
            continue
        # Seen once more at each door, to be looked at.
        for other in gateway.doors:
            for mode in other.modes:
                record.append(await other.ask(result.case, stream=mode) or ())
        if result.neighbour is not None:
            record.append(await door.ask(result.neighbour, stream=stream) or ())
        return Minimal(
            cause.name, door.name, stream, result.case.id,
            result.neighbour.id if result.neighbour else None,
            size(result.case), size(result.original), result.calls, result.reason, besides,
        )  # fmt: skip
    return None


def _examples(run: RunData, cause: Cause) -> list[tuple[Verdict, Case]]:
    """Return what to begin with: plain before streamed, smaller cases before larger ones.

    What is said after the turn in which it shows matters to nobody.
    """
    found: list[tuple[Verdict, Case]] = []
    for verdict, finding in cause.shown:
        case = run.cases[verdict.case_id]
        found.append((verdict, replace(case, turns=case.turns[: finding.turn + 1])))
    found.sort(key=lambda one: (one[0].stream, size(one[1]), one[1].id))
    return found[:_EXAMPLES]


async def _minimized(
    door: Door, case: Case, cause: Cause, stream: bool, budget: Budget
) -> tuple[Minimized, list[str]]:
    """Return the smallest case, and which causes of failure show there besides."""
    besides: list[str] = []

    async def findings(case: Case) -> list[Finding] | None:
        """Ask once and return what is wrong; None when that can't be told."""
        budget.take()
        if (events := await door.ask(case, stream=stream)) is None:
            raise BudgetSpentError(door.purse.spent_out if door.purse else "")
        for event in events:
            if isinstance(event, VerdictReached) and event.verdict.status != "unjudged":
                return [f for f in event.verdict.findings if f.severity == "error"]
        return None

    async def fails(case: Case) -> bool | None:
        found = await findings(case)
        shows = found is not None and any(map(cause.shows, found))
        if shows:
            besides[:] = dict.fromkeys(cause_of(f) for f in found or () if not cause.shows(f))
        return None if found is None else shows

    async def passes(case: Case) -> bool | None:
        """What is wrong with the failing case besides may be wrong with its neighbour, too."""
        found = await findings(case)
        return None if found is None else {cause_of(f) for f in found} <= {*besides}

    result = await minimize(case, fails, passes=passes, slots=1, deterministic=True)
    return result, besides


def _file(found: Sequence[Minimal]) -> JsonObject:
    return {"format_version": FORMAT_VERSION, "causes": [asdict(one) for one in found]}


def read_minimal(folder: Path) -> Iterator[Minimal]:
    """Yield what is kept in a run's folder; nothing where nothing was looked for."""
    path = folder / FOLDER / _CAUSES
    if path.is_file():
        for entry in read_json(path, _File, "the minimal cases of a trial")["causes"]:
            yield Minimal(**{name: entry[name] for name in Minimal.__slots__ if name in entry})
