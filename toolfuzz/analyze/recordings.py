"""What users of the official SDKs get from a run's replies: a bounded sample, replayed at the end.

Only kept while the run goes on; nothing is replayed before it is over.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from toolfuzz.analyze.load import Question, RunData, question
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.judge.clients import ClientView, client_views

__all__ = ["Recordings"]

MOST_FAILING = 150
MOST_PASSING = 50
MOST_BYTES = 256 * 1024
SECONDS = 1.0


class Recordings:
    """A sample of a run's replies with their bytes: up to 150 that failed and 50 that passed.

    Each target has its own, drawn evenly over the run whatever its length; replies beyond
    256 KiB are left out.
    """

    def __init__(self) -> None:
        self._pending: dict[Question, Exchange] = {}
        self._samples: dict[tuple[str, str], _Sample] = {}

    def take(self, event: Event) -> None:
        """Look at an event of the journal; cheap enough to be told every one."""
        if isinstance(event, ExchangeRecorded):
            self._pending[question(event.exchange)] = event.exchange
        elif isinstance(event, VerdictReached):
            exchange = self._pending.pop(question(event.verdict), None)
            status = event.verdict.status
            if exchange is None or status == "unjudged":
                return
            most = MOST_FAILING if status == "fail" else MOST_PASSING
            self._samples.setdefault((event.verdict.target, status), _Sample(most)).offer(exchange)

    def clients(self, run: RunData, *, seconds: float = SECONDS) -> dict[str, list[JsonObject]]:
        """Replay what was kept; by target one entry for each way in which an SDK is used.

        ``same`` … ``exception`` count the failing replies by what a user gets (see ClientView);
        ``exceptions`` names the commonest. ``passing`` and ``passing_same`` are of replies that
        are right. Takes about ``seconds`` for all targets beside the import of the SDKs, and no
        time at all when nothing failed.
        """
        failed = [t for t in run.started.targets if (t.name, "fail") in self._samples]
        share = seconds / max(1, len(failed))
        return {t.name: self._replayed(run, t, share) for t in failed}

    def _replayed(self, run: RunData, target: Target, seconds: float) -> list[JsonObject]:
        tallies: dict[str, _Tally] = {}
        deadline: float | None = None
        for passed, exchange in _mixed(self._kept(target, "fail"), self._kept(target, "pass")):
            if deadline is not None and time.perf_counter() > deadline:
                break
            case = run.cases[exchange.case_id]
            for view in client_views(
                exchange.last, target.format, stream=exchange.stream, case=case, turn=exchange.turn
            ):
                tallies.setdefault(view.client, _Tally()).add(view, passed=passed)
            # The first one also imports the SDK.
            deadline = deadline or time.perf_counter() + seconds
        return [tallies[name].entry(name) for name in sorted(tallies)]

    def _kept(self, target: Target, status: str) -> list[Exchange]:
        sample = self._samples.get((target.name, status))
        return sample.kept if sample else []


class _Sample:
    """An even sample of a stream of unknown length (Vitter's algorithm R), the same every time."""

    def __init__(self, most: int) -> None:
        self.kept: list[Exchange] = []
        self._most = most
        self._seen = 0
        self._rng = Random(0)

    def offer(self, exchange: Exchange) -> None:
        if sum(len(chunk) for _, chunk in exchange.last.chunks) > MOST_BYTES:
            return
        self._seen += 1
        if len(self.kept) < self._most:
            self.kept.append(exchange)
        elif (at := self._rng.randrange(self._seen)) < self._most:
            self.kept[at] = exchange


@dataclass(slots=True)
class _Tally:
    outcomes: Counter[str] = field(default_factory=Counter)
    exceptions: Counter[str] = field(default_factory=Counter)
    passing: int = 0
    passing_same: int = 0

    def add(self, view: ClientView, *, passed: bool) -> None:
        if passed:
            self.passing += 1
            self.passing_same += view.outcome == "same"
            return
        self.outcomes[view.outcome] += 1
        if view.outcome == "exception":
            self.exceptions[view.detail.partition(":")[0]] += 1

    def entry(self, client: str) -> JsonObject:
        return {
            "client": client,
            "failing": self.outcomes.total(),
            **{name: self.outcomes[name] for name in ("same", "different", "nothing", "exception")},
            "exceptions": dict(self.exceptions.most_common(5)),
            "passing": self.passing,
            "passing_same": self.passing_same,
        }


def _mixed(failing: list[Exchange], passing: list[Exchange]) -> list[tuple[bool, Exchange]]:
    """Three failing for each passing one, so that a deadline leaves some of both."""
    mixed: list[tuple[bool, Exchange]] = []
    rest = iter(passing)
    for n, exchange in enumerate(failing, 1):
        mixed.append((False, exchange))
        if n % 3 == 0 and (other := next(rest, None)):
            mixed.append((True, other))
    return mixed + [(True, other) for other in rest]
