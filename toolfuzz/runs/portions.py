"""The portions of a monitor's folder: a run's folder each, counted once and then known.

The journals are the truth. ``monitor.json`` keeps what was counted, so that a year of them needn't
be read each day; without it, or where a journal isn't what was counted, it is counted again.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictStr, TypeAdapter

from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.paired import CallResult
from toolfuzz.analyze.watch import Count as Share
from toolfuzz.analyze.watch import Portion, WatchRule
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import RunStarted
from toolfuzz.core.verdict import Verdict
from toolfuzz.runs.derived import Count, read_json, validated
from toolfuzz.runs.journal import journal_in
from toolfuzz.runs.reading import load_run, read_journal

__all__ = [
    "MOST_CALLS",
    "PORTIONS",
    "STATE_NAME",
    "Asked",
    "count_portion",
    "portion_folder",
    "read_portions",
    "settings_of",
    "state_of",
]

STATE_NAME = "monitor.json"
PORTIONS = "portions"

MOST_CALLS = 100_000
"""Of a portion."""

_Seconds = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]
_Share = Annotated[float, Field(ge=0, lt=1)]
_Counts = dict[StrictStr, Count]


@dataclass(frozen=True, slots=True)
class Asked:
    """A portion as its journal tells it.

    ``era`` counts the baselines that the folder has had; ``baseline`` and ``margin`` are those of
    its rule. ``regular_…`` are the questions of every
    portion, ``burst_…`` those that were asked because evidence grew. ``defects`` are counted in
    questions, ``cases`` are ids with spaces between them, ``size`` is the journal's in bytes.
    ``log10`` is the evidence at its end (None without a baseline), once that was ``weighed``.
    """

    number: Count
    era: Count
    baseline: Count
    margin: _Share
    started: _Seconds
    asked: Count
    regular_failed: Count
    regular_judged: Count
    burst_failed: Count
    burst_judged: Count
    unjudged: Count
    given_up: StrictBool
    finished: StrictBool
    reasons: _Counts
    defects: _Counts
    cases: StrictStr
    size: Annotated[int, Field(strict=True, ge=0)]
    weighed: StrictBool = False
    log10: Annotated[float, Field(allow_inf_nan=False)] | None = None

    @property
    def failed(self) -> int:
        """Questions that failed."""
        return self.regular_failed + self.burst_failed

    @property
    def judged(self) -> int:
        """Questions that were judged."""
        return self.regular_judged + self.burst_judged

    @property
    def outage(self) -> bool:
        """Whether the endpoint was hardly there: most questions couldn't be judged."""
        return self.given_up or 2 * self.unjudged > self.asked

    @property
    def rule(self) -> WatchRule:
        """How its evidence is weighed."""
        return WatchRule(baseline=self.baseline, margin=self.margin)

    @property
    def portion(self) -> Portion:
        """What the evidence is weighed by."""
        return Portion(
            self.started,
            Share(self.regular_failed, self.regular_judged),
            Share(self.burst_failed, self.burst_judged),
        )


@dataclass(frozen=True, slots=True)
class _State:
    portions: list[Asked]


def portion_folder(folder: Path, number: int) -> Path:
    """Return where a portion lies."""
    return folder / PORTIONS / f"{number:04d}"


def read_portions(folder: Path) -> tuple[list[Asked], str]:
    """Return the portions of a folder in their order, and what was wrong with its state.

    Raises UsageError for a journal that can't be read. One that was never begun is left out.
    """
    known, wrong = _known(folder / STATE_NAME)
    found: list[Asked] = []
    for number, path in sorted(_folders(folder)):
        journal = journal_in(path)
        if journal is None:
            continue
        size = journal.stat().st_size
        one = known.get(number)
        if one is None or not one.finished or one.size != size:
            one = _read(journal)
            if one is None:
                continue
            if (one.number, one.size) != (number, size):
                raise UsageError(f"{path} holds portion {one.number}", "give it its name back")
        found.append(one)
    return _weighed_in_order(found), wrong


def _folders(folder: Path) -> Iterable[tuple[int, Path]]:
    if (folder / PORTIONS).is_dir():
        for path in (folder / PORTIONS).iterdir():
            if path.name.isdecimal() and path.is_dir():
                yield int(path.name), path


def _known(state: Path) -> tuple[dict[int, Asked], str]:
    if not state.exists():
        return {}, ""
    try:
        kept = read_json(state, _State, "a monitor's state")
    except UsageError as error:
        return {}, error.message
    return {one.number: one for one in _asked().validate_python(kept["portions"])}, ""


@cache
def _asked() -> TypeAdapter[list[Asked]]:
    return TypeAdapter(list[Asked])


def _read(journal: Path) -> Asked | None:
    """Read a portion's journal; None when not even its first line was written."""
    try:
        if next(read_journal(journal), None) is None:
            return None
        run = load_run(journal)
    except UsageError as error:
        raise UsageError(error.message, _AWAY) from None
    if run.unread:
        raise UsageError(f"{journal}:{run.unread[0]}", _AWAY)
    return count_portion(run, journal.stat().st_size)


_AWAY = "move that portion's folder away; what the others hold still counts"


def _result(verdicts: list[Verdict]) -> CallResult | None:
    """Fold the verdicts on one case: passed when every judged call passed, None without any."""
    judged = [CallResult.of(v) for v in verdicts if v.status != "unjudged"]
    if not judged:
        return None
    defects = frozenset(slug for call in judged for slug in call.defects)
    return CallResult(all(call.passed for call in judged), defects)


def count_portion(run: RunData, size: int) -> Asked:
    """Count what a portion's run came to; raises UsageError when it is no portion's.

    A question counts once however it was asked (plain, streamed): it failed when it failed in any
    way. The first that were drawn, as many as ``settings.cases`` says, are the regular ones.
    """
    settings = settings_of(run.started)
    place = settings["monitor"]
    verdicts: dict[str, list[Verdict]] = {case_id: [] for case_id in run.cases}
    for verdict in run.verdicts.light():
        verdicts[verdict.case_id].append(verdict)
    asked = {case_id: _result(said) for case_id, said in verdicts.items() if said}
    first = set(list(run.cases)[: settings["cases"]])
    shares = {True: [0, 0], False: [0, 0]}
    defects: Counter[str] = Counter()
    for case_id, result in asked.items():
        if result is not None:
            shares[case_id in first][0] += not result.passed
            shares[case_id in first][1] += 1
            defects.update(result.defects)
    lost = [v for v in run.verdicts.unjudged.light() if asked[v.case_id] is None]
    reasons = Counter({v.case_id: v.reason or "unknown" for v in lost}.values())
    return Asked(
        number=place["number"],
        era=place["era"],
        baseline=place["baseline"],
        margin=place["margin"],
        started=run.started.started,
        asked=len(asked),
        regular_failed=shares[True][0],
        regular_judged=shares[True][1],
        burst_failed=shares[False][0],
        burst_judged=shares[False][1],
        unjudged=sum(reasons.values()),
        given_up=bool(run.given_up),
        finished=run.finished is not None and run.finished.reason != "interrupted",
        reasons=dict(reasons.most_common()),
        defects=dict(defects.most_common()),
        cases=" ".join(run.cases),
        size=size,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    number: Count
    era: Count
    baseline: Count
    margin: _Share
    tools: StrictStr


@dataclass(frozen=True, slots=True)
class _Settings:
    cases: Annotated[int, Field(strict=True, ge=1, le=MOST_CALLS)]
    monitor: _Place


def settings_of(started: RunStarted) -> JsonObject:
    """Return the settings of a portion; raises UsageError when they are those of another run."""
    try:
        return validated(started.settings, _Settings)
    except UsageError as error:
        raise UsageError(f"this is no portion of a monitor: {error.message}", _AWAY) from None


def _weighed_in_order(portions: list[Asked]) -> list[Asked]:
    """Have everything weighed again behind a portion that was counted anew."""
    known = sum(1 for _ in takewhile(lambda one: one.weighed, portions))
    return portions[:known] + [replace(one, weighed=False) for one in portions[known:]]


def state_of(portions: Iterable[Asked]) -> Any:
    """Return portions as the state keeps them."""
    return _asked().dump_python(list(portions), mode="json")
