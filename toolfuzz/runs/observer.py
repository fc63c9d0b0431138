"""Traffic that passes a recorder: judged as it comes, and kept as a run that others can read.

Nothing is known of what was right, so only the wire, the stream, the structure, the schemas and the
history of each conversation are judged.
"""

import json
import time
from collections import Counter
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
from toolfuzz.core.inflate import EncodingError
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Verdict
from toolfuzz.formats import WireFormat
from toolfuzz.formats.routes import route_of
from toolfuzz.judge.judge import judge
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.question import metrics_of
from toolfuzz.recordings.conversations import Conversations
from toolfuzz.recordings.recorded import Recorded, read_attempt
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.record import Record
from toolfuzz.runs.summary import write_summary
from toolfuzz.sources.recorder import Seen
from toolfuzz.sources.redaction import Redaction

__all__ = ["Observer"]


@dataclass(slots=True)
class Observer:
    """Judges what a recorder saw, one exchange after the other, and keeps it in journals.

    There is one run a wire format; that of the first one seen is ``folder``. ``tell`` sees every
    event that was written, ``warn`` is told once when nothing can be written any more.
    ``passed_by`` counts requests that ask no model for calls.
    """

    upstream: str
    folder: Path
    policy: Policy = field(default_factory=Policy)
    tell: Callable[[Event], None] = lambda event: None
    warn: Callable[[str], None] = lambda message: None
    passed_by: int = field(default=0, init=False)
    lost: int = field(default=0, init=False)
    _runs: dict[str, "_Run"] = field(default_factory=dict, init=False)
    _conversations: Conversations = field(default_factory=Conversations, init=False)

    def take(self, seen: Seen) -> None:
        """Judge and keep one exchange. Whatever goes wrong is told, never raised."""
        try:
            self._take(seen)
        except Exception as error:
            # A mistake here, or a full disk, must not end what goes on between others.
            if not self.lost:
                self.warn(f"an exchange could not be kept: {error}")
            self.lost += 1

    def _take(self, seen: Seen) -> None:
        path, route = seen.path, route_of(seen.path)
        body = _body(seen) if route else None
        if body is None or route is None:
            self.passed_by += 1
            return
        format, prefix = route
        stream = format.read_request(body, path=path).stream
        recorded = read_attempt("", format.name, body, seen.attempt, path=path, stream=stream)
        recorded = self._conversations.join(recorded)
        judgement = judge(
            recorded.case, recorded.replies, max_tokens=recorded.cap, misfit=recorded.misfit
        )
        self._conversations.remember(recorded, judgement.reply)
        judgement = self.policy.apply(judgement)
        run = self._run(format, prefix)
        target = run.target_of(recorded)
        case = recorded.case
        repeat = run.repeat_of(recorded, target, stream=stream)
        turn = len(case.turns) - 1
        exchange = Exchange(case.id, turn, target.name, repeat, stream, body, (seen.attempt,))
        verdict = Verdict(
            case_id=case.id,
            target=target.name,
            repeat=exchange.repeat,
            stream=stream,
            status=judgement.status,
            findings=tuple(replace(found, turn=turn) for found in judgement.findings),
            reason=judgement.reason,
            cluster=case.cluster,
            metrics=metrics_of([exchange], [judgement]),
        )
        redaction = Redaction(None, seen.headers)

        def read(attempt: Attempt) -> Reply:
            return format.read(attempt, stream=stream)

        seal = format.framing.sealed if stream else None
        kept = redaction.event(ExchangeRecorded(exchange), [read(seen.attempt)], read, seal)
        leaked = kept != ExchangeRecorded(exchange)
        told = VerdictReached(redaction.verdict(verdict, leaked=leaked))
        run.write([CaseDrawn(case), kept, told])

    def _run(self, format: WireFormat, prefix: str) -> "_Run":
        run = self._runs.get(format.name)
        if run is None:
            folder = self.folder
            if self._runs:
                folder = folder.with_name(f"{folder.name}-{format.name}")
            base_url = self.upstream + prefix
            run = self._runs[format.name] = _Run(format, base_url, folder, self.tell)
        return run

    def close(self) -> list[JsonObject]:
        """Close the journals and return the summaries."""
        return [run.close() for run in self._runs.values()]


class _Run:
    """The traffic of one wire format as a run."""

    def __init__(
        self, format: WireFormat, base_url: str, folder: Path, tell: Callable[[Event], None]
    ) -> None:
        self._format = format
        self._tell = tell
        self._folder = folder
        self._endpoint = base_url
        self._targets: dict[str, Target] = {}
        self._repeats: Counter[tuple[str, str, bool]] = Counter()
        settings = RunOptions(base_url=base_url, format=format.name).settings()
        opening = RunStarted(time.time(), __version__, (), {**settings, "observed": True})
        self._record = Record(folder, opening)
        tell(opening)

    def target_of(self, recorded: Recorded) -> Target:
        """Return the model that was asked, as a target of this run."""
        model = (recorded.ask.model if recorded.ask else "") or "unnamed"
        if model not in self._targets:
            target = Target(model, self._endpoint, model, self._format.name, "both")
            self._targets[model] = target
            self.write([TargetSeen(target)])
        return self._targets[model]

    def repeat_of(self, recorded: Recorded, target: Target, *, stream: bool) -> int:
        """Return how often the same was asked before."""
        key = (recorded.case.id, target.name, stream)
        self._repeats[key] += 1
        return self._repeats[key] - 1

    def write(self, events: list[Event]) -> None:
        for event in self._record.append(events):
            self._tell(event)

    def close(self) -> JsonObject:
        self.write([RunFinished(time.time(), "interrupted")])
        with self._record as record:
            return write_summary(self._folder, record.run())


def _body(seen: Seen) -> JsonObject | None:
    """Return the JSON object that was posted; None for anything else.

    Raises EncodingError for a body that can't be read.
    """
    if seen.method != "POST":
        return None
    if seen.unread:
        raise EncodingError(seen.unread)
    try:
        body = json.loads(seen.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
