"""What ``toolfuzz monitor`` does at one time: a portion of questions, more when they look worse."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.analyze.watch import USUAL, WatchRule
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseSkipped, Event, RunFinished, RunStarted
from toolfuzz.core.exchange import Target
from toolfuzz.generate.tools import ToolSet
from toolfuzz.runs.campaign import Campaign, ask_all
from toolfuzz.runs.cases import draw_portion, left_out, load_tools, told_of
from toolfuzz.runs.derived import write_json
from toolfuzz.runs.journal import JOURNAL_NAME, find_journal, lock
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.portions import (
    MOST_CALLS,
    STATE_NAME,
    Asked,
    count_portion,
    portion_folder,
    read_portions,
    settings_of,
)
from toolfuzz.runs.purse import Purse, permits_within, purse_of
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.record import Record
from toolfuzz.runs.resume import started
from toolfuzz.runs.same_watch import check_clock, check_same, check_target, fingerprint
from toolfuzz.runs.scenarios import dimensions_of
from toolfuzz.runs.summary import write_summary
from toolfuzz.runs.targets import Source, open_sources, plan_targets
from toolfuzz.runs.watched import state, weighed

__all__ = ["MonitorOptions", "monitor"]

LOCK_NAME = ".lock"


@dataclass(frozen=True, slots=True)
class MonitorOptions:
    """Everything that ``toolfuzz monitor`` can be told.

    ``run.models`` holds one model. ``calls`` are the regular questions of a portion, ``most`` all
    of them; ``baseline`` those that must have been judged first, and ``margin`` by how much more
    often it may fail (None: as the folder's baseline was begun with). ``anew``: a new baseline
    begins with this portion.
    """

    run: RunOptions
    folder: Path
    calls: int = 20
    most: int = USUAL.most
    baseline: int | None = None
    margin: float | None = None
    anew: bool = False

    def check(self) -> None:
        """Refuse numbers that make no sense; raises UsageError."""
        self.run.check()
        if dimensions_of(self.run):
            raise UsageError(
                "monitor asks questions, and no scenarios of dimensions",
                "leave them out of --probe",
            )
        if self.run.prompts:
            raise UsageError(
                "monitor asks new questions each time, and your own are always the same",
                "leave out --prompts; `check` asks them of a new model and its baseline",
            )
        if self.calls < 1:
            raise UsageError(f"--calls {self.calls}: at least 1 is needed", "try --calls 20")
        if max(self.most, self.baseline or 0) > MOST_CALLS:
            raise UsageError(f"a portion has at most {MOST_CALLS:,} calls", None)
        if self.most < self.calls:
            raise UsageError(
                f"--most-calls {self.most}: a portion has {self.calls} calls",
                f"give at least {self.calls}, or fewer --calls",
            )
        if self.baseline is not None and self.baseline < self.calls:
            raise UsageError(
                f"--baseline-calls {self.baseline}: at least a portion's {self.calls} are needed",
                f"try --baseline-calls {USUAL.baseline}",
            )


@dataclass(frozen=True, slots=True)
class _Planned:
    """The portion that is to be asked: what was before it, and its questions.

    ``begun``: it was cut off, and its journal is gone on with. ``regular`` are its first questions,
    ``further`` those that may follow.
    """

    past: list[Asked]
    rule: WatchRule
    path: Path
    opening: RunStarted
    begun: bool
    skipped: tuple[CaseSkipped, ...]
    regular: list[Case]
    further: Iterator[Case]


async def monitor(
    options: MonitorOptions,
    *,
    tell: Callable[[Event], None] = lambda event: None,
    stop: asyncio.Event | None = None,
) -> JsonObject:
    """Ask a portion and return what ``monitor.json`` then holds.

    A portion that was cut off is gone on with. Raises UsageError before anything is asked (another
    monitor is at work, the folder watches something else, the clock ran backwards) and
    EndpointError.
    """
    stop = stop or asyncio.Event()
    options.check()
    (target,) = plan_targets(options.run.models, options.run.access)
    with _alone(options.folder):
        past, wrong = read_portions(options.folder)
        planned = await asyncio.to_thread(_plan, options, target, past)
        run, purse = options.run, purse_of(options.run.limits, [target], stop)
        async with open_sources(run.models, run.access, seed=run.seed, purse=purse) as (source,):
            await _ask(planned, options, source, tell, stop, purse)
        asked = load_run(planned.path)
        write_summary(planned.path, asked)
        now = count_portion(asked, find_journal(planned.path).stat().st_size)
        portions = weighed([*planned.past, now])
        result = state(options.folder, asked, portions)
        write_json(options.folder / STATE_NAME, result)
    return result | {"mended": wrong} | (purse.told if purse else {})


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK_NAME).open("w")
    except OSError as error:
        raise UsageError(
            f"can't write to {folder}: {error.strerror or error}",
            "choose a folder that you may write to with --dir",
        ) from None
    with file:
        lock(file, folder)
        yield


def _plan(options: MonitorOptions, target: Target, past: list[Asked]) -> _Planned:
    """Say what this portion is; raises UsageError when the folder is another monitor's."""
    now, tool_sets = time.time(), load_tools(options.run)
    last = past[-1] if past else None
    begun = started(portion_folder(options.folder, last.number)) if last else None
    if last and begun:
        check_clock(options.folder, last, now)
        check_target(options.folder, begun.targets[0], target)
    cut_off: RunStarted | None = None
    if last is None or begun is None or options.anew:
        place = _first_place(options, last)
    else:
        asked_for = {"baseline": options.baseline, "margin": options.margin}
        check_same(options.folder, begun, options.run, tool_sets, asked_for)
        cut_off = None if last.finished else begun
        number = last.number if cut_off else last.number + 1
        place = {**settings_of(begun)["monitor"], "number": number}
    past = weighed(past[:-1] if cut_off else past)
    rule = WatchRule(baseline=place["baseline"], margin=place["margin"], most=options.most)
    size = settings_of(cut_off)["cases"] if cut_off else _size(options, past, place)
    regular, further = _draw(options.run, tool_sets, place["number"], size, rule.most, past)
    settings = {
        **options.run.but(cases=len(regular)).settings(),
        **told_of(options.run, tool_sets),
        "monitor": {**place, "tools": fingerprint(tool_sets)},
    }
    return _Planned(
        past,
        rule,
        portion_folder(options.folder, place["number"]),
        cut_off or RunStarted(now, __version__, (target,), settings),
        cut_off is not None,
        tuple(left_out(tool_sets)),
        regular,
        further,
    )


def _first_place(options: MonitorOptions, last: Asked | None) -> JsonObject:
    """Return the place of a portion that begins a baseline."""
    return {
        "number": last.number + 1 if last else 1,
        "era": last.era + 1 if last else 1,
        "baseline": options.baseline or USUAL.baseline,
        "margin": options.margin or USUAL.margin,
    }


def _size(options: MonitorOptions, past: Sequence[Asked], place: JsonObject) -> int:
    """Return how many regular questions a portion has: at least what the baseline still lacks."""
    judged = sum(one.regular_judged for one in past if one.era == place["era"])
    return max(options.calls, int(place["baseline"]) - judged)


def _draw(
    run: RunOptions,
    tool_sets: Sequence[ToolSet],
    number: int,
    size: int,
    most: int,
    past: Sequence[Asked],
) -> tuple[list[Case], Iterator[Case]]:
    """Draw a portion's questions, none of which was asked before; fewer where there are no more."""
    known = {case_id for one in past for case_id in one.cases.split()}
    drawn = draw_portion(run, tool_sets, number, max(size, most), known)
    regular = list(islice(drawn, size))
    if not regular:
        raise UsageError(
            "no question is left that was not asked before", "watch more tools, in another --dir"
        )
    return regular, drawn


async def _ask(
    planned: _Planned,
    options: MonitorOptions,
    source: Source,
    tell: Callable[[Event], None],
    stop: asyncio.Event,
    purse: Purse | None,
) -> None:
    """Ask the regular questions, then more in blocks for as long as it looks worse."""
    permits = permits_within(purse)
    with _record(planned) as record:
        tell(planned.opening)
        cases, asked, given_up = planned.regular, 0, False
        while cases and not given_up and not stop.is_set():
            asked += len(cases)
            campaign = Campaign(
                [source],
                _each(cases),
                record,
                policy=options.run.policy,
                tell=tell,
                answered=record.answered(),
                begun=record.begun,
                permits=permits,
                purse=purse,
            )
            given_up = bool(await ask_all(campaign, stop=stop))
            cases = list(islice(planned.further, _more(planned, record, asked, options.calls)))
        # Where the budget ended it, the next portion goes on with this one.
        reason = "interrupted" if stop.is_set() else "endpoint" if given_up else "done"
        record.append([RunFinished(time.time(), reason)])


def _record(planned: _Planned) -> Record:
    """Open the portion's journal; one that was cut off in its first line begins again."""
    planned.path.parent.mkdir(exist_ok=True)
    if not planned.begun:
        (planned.path / JOURNAL_NAME).unlink(missing_ok=True)
    record = Record(planned.path, planned.opening, resume=planned.path.exists())
    if not planned.begun:
        record.append(planned.skipped)
    return record


async def _each(cases: list[Case]) -> AsyncIterator[Case]:
    for case in cases:
        yield case


def _more(planned: _Planned, record: Record, asked: int, block: int) -> int:
    """Return how many questions to add; none once there was an alarm."""
    now = count_portion(record.run(), 0)
    own = [one for one in planned.past if one.era == now.era]
    if any(planned.rule.alarms(one.log10) for one in own):
        return 0
    evidence = planned.rule.evidence([one.portion for one in (*own, now)])
    return planned.rule.more(evidence, asked, block)
