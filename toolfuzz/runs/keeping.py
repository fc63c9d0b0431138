"""Exchanges that others made, kept as runs that every command reads."""

import shutil
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import (
    CaseDrawn,
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    TargetSeen,
    VerdictReached,
)
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Metrics, Verdict
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import Judgement
from toolfuzz.judge.policy import Policy
from toolfuzz.judge.whose import tools_of
from toolfuzz.pools.question import metrics_of
from toolfuzz.recordings.recorded import Recorded
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.record import Record
from toolfuzz.runs.summary import write_summary
from toolfuzz.sources.redaction import NO_SECRETS, Redaction

__all__ = ["Keeper"]

_UNNAMED = "unnamed"
_MOST = 2_000
"""Questions whose further turns are waited for, many more than are under way at once."""


@dataclass(slots=True)
class Keeper:
    """Writes judged exchanges into journals, one run a wire format; the first one's is ``folder``.

    ``policy`` is by which they were judged. ``opening`` is how the run began that they were taken
    from, where it was one: they are one again then. ``about`` are further settings of the runs;
    ``tell`` sees every event that was written.
    """

    folder: Path
    policy: Policy
    opening: RunStarted | None = None
    about: JsonObject = field(default_factory=dict)
    tell: Callable[[Event], None] = lambda event: None
    _runs: dict[str, "_Run"] = field(default_factory=dict, init=False)

    def keep(
        self,
        recorded: Recorded,
        judgement: Judgement,
        *,
        base_url: str | None = None,
        redaction: Redaction = NO_SECRETS,
    ) -> None:
        """Write an exchange and what the judge says of it.

        ``base_url`` is where it was asked, ``redaction`` masks what must not be written.
        """
        run = self._run(recorded, base_url or recorded.base_url or None)
        run.keep(recorded, judgement, redaction)

    def _run(self, recorded: Recorded, base_url: str | None) -> "_Run":
        format = recorded.format
        name = "" if self.opening else format
        run = self._runs.get(name)
        if run is None:
            folder = self.folder
            if self._runs:
                folder = folder.with_name(f"{folder.name}-{format}")
            fresh = RunOptions(base_url=base_url, format=format).settings()
            opening = self.opening or RunStarted(time.time(), __version__, (), fresh)
            settings = {**opening.settings, **self.policy.settings(), **self.about}
            if recorded.rebuilt_from:
                settings["rebuilt_from"] = recorded.rebuilt_from
            opening = replace(opening, settings=settings)
            run = self._runs[name] = _Run(folder, opening, self.tell)
        return run

    def close(self) -> list[JsonObject]:
        """Close the journals and return the summaries."""
        return [run.close() for run in self._runs.values()]

    def discard(self) -> None:
        """Take away what was written."""
        for run in self._runs.values():
            run.discard()


class _Run:
    """Exchanges as one run."""

    def __init__(self, folder: Path, opening: RunStarted, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._folder = folder
        self._settings = opening.settings
        self._targets = {target.name: target for target in opening.targets}
        self._repeats: Counter[tuple[str, str, bool]] = Counter()
        self._verdicts: OrderedDict[tuple[str, bool], Verdict] = OrderedDict()
        self._record = Record(folder, opening)
        tell(opening)

    def keep(self, recorded: Recorded, judgement: Judgement, redaction: Redaction) -> None:
        case, stream, attempt = recorded.case, recorded.stream, recorded.attempt
        target = self._target_of(recorded)
        repeat = self._repeat_of(recorded, target)
        exchange = Exchange(
            case.id, recorded.turn, target.name, repeat, stream, recorded.request, (attempt,)
        )
        verdict = Verdict(
            case_id=case.id,
            target=target.name,
            repeat=repeat,
            stream=stream,
            status=judgement.status,
            findings=tuple(replace(found, turn=recorded.turn) for found in judgement.findings),
            reason=judgement.reason,
            cluster=case.cluster,
            metrics=_metrics(exchange, judgement),
            tools=tools_of(case, judgement.reply.calls) if case.is_recorded else (),
        )
        format = wire_format(recorded.format)

        def read(attempt: Attempt) -> Reply:
            return format.read(attempt, stream=stream)

        seal = format.framing.sealed if stream else None
        kept = redaction.event(ExchangeRecorded(exchange), [read(attempt)], read, seal)
        leaked = kept != ExchangeRecorded(exchange)
        verdict = redaction.verdict(verdict, leaked=leaked)
        self._write([CaseDrawn(case), kept])
        if recorded.question:
            # Its turns are exchanges of their own, and get one verdict at the end.
            key = (recorded.question, stream)
            self._verdicts[key] = _joined(self._verdicts.pop(key, None), verdict)
            while len(self._verdicts) > _MOST:
                self._write([VerdictReached(self._verdicts.popitem(last=False)[1])])
        else:
            self._write([VerdictReached(verdict)])

    def _target_of(self, recorded: Recorded) -> Target:
        """Return the model that was asked, as a target of this run."""
        name = recorded.source or (recorded.ask.model if recorded.ask else "") or _UNNAMED
        if name not in self._targets:
            endpoint = self._settings.get("base_url") or "recorded"
            target = Target(name, endpoint, name, recorded.format, "both")
            self._write([TargetSeen(target)])
            self._targets[name] = target
        return self._targets[name]

    def _repeat_of(self, recorded: Recorded, target: Target) -> int:
        """Return how often the same was asked before."""
        if recorded.question:
            return recorded.repeat
        key = (recorded.case.id, target.name, recorded.stream)
        self._repeats[key] += 1
        return self._repeats[key] - 1

    def _write(self, events: list[Event]) -> None:
        for event in self._record.append(events):
            self._tell(event)

    def close(self) -> JsonObject:
        self._write([VerdictReached(verdict) for verdict in self._verdicts.values()])
        self._write([RunFinished(time.time())])
        with self._record as record:
            return write_summary(self._folder, record.run())

    def discard(self) -> None:
        self._record.journal.close()
        shutil.rmtree(self._folder)


def _metrics(exchange: Exchange, judgement: Judgement) -> Metrics:
    metrics = metrics_of([exchange], [judgement])
    # Most files don't say when anything came.
    return metrics if exchange.last.started else replace(metrics, latency_ms=None)


def _joined(earlier: Verdict | None, verdict: Verdict) -> Verdict:
    """Return the verdict on a conversation so far, given that on its next turn."""
    if earlier is None:
        return verdict
    findings = (*earlier.findings, *verdict.findings)
    status = "fail" if "fail" in (earlier.status, verdict.status) else verdict.status
    tools = tuple(dict.fromkeys((*earlier.tools, *verdict.tools)))
    return replace(verdict, findings=findings, status=status, tools=tools)
