"""What users of the official SDKs get from a run's replies: a bounded sample, replayed at the end.

Only kept while the run goes on; nothing is replayed before it is over. How many are replayed is
a matter of counts alone, so that a run says the same on a slow machine.
"""

from bisect import insort
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from operator import itemgetter

from toolfuzz.analyze.load import Question, RunData, question
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.given import given_of
from toolfuzz.judge.clients import ClientView, client_views

__all__ = ["Recordings"]

MOST_FAILING = 150
MOST_PASSING = 50
MOST_BYTES = 256 * 1024
LEAST = 10


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
            # What is asked again to tell a rule from chance gets no verdict.
            if event.exchange.repeat >= 0:
                self._pending[question(event.exchange)] = event.exchange
        elif isinstance(event, VerdictReached):
            exchange = self._pending.pop(question(event.verdict), None)
            status = event.verdict.status
            # In a world there is no one right call that a user could have got, and none where the
            # text ends inside it.
            if exchange is None or status == "unjudged" or event.verdict.scenario is not None:
                return
            given = given_of(exchange.request)
            if given is not None and given.cut is not None:
                return
            self._sample(event.verdict.target, status).offer(question(exchange), lambda: exchange)

    def look_back(self, run: RunData) -> None:
        """Look at a run that is gone on with; it must have its exchanges.

        Of a model's, those are read that may be kept; of a parser's, which says what was cut, all.
        """
        sent = {target.name: run.nature(target.name).over_http for target in run.started.targets}
        for answers in (run.verdicts, run.respelled):
            for verdict in answers.light():
                asked = question(verdict)
                if asked not in run.exchanges:
                    continue
                if sent[verdict.target]:
                    if verdict.status != "unjudged" and verdict.scenario is None:
                        sample = self._sample(verdict.target, verdict.status)
                        sample.offer(asked, partial(run.exchanges.last, asked))
                else:
                    self.take(ExchangeRecorded(run.exchanges.last(asked)))
                    self.take(VerdictReached(verdict))

    def clients(self, run: RunData) -> dict[str, list[JsonObject]]:
        """Replay what was kept; by target one entry for each way in which an SDK is used.

        ``failing`` of ``failed`` wrong replies were read, ``passing`` of ``passed`` right ones.
        ``same`` … ``exception`` count the wrong ones by what a user gets (see ClientView);
        ``exceptions`` names the commonest. Of the right ones, ``passing_same`` give users the
        right calls. Several targets share the number of replies that are read; each has some.
        """
        seen = {name for name, _ in self._samples}
        targets = [target for target in run.started.targets if target.name in seen]
        found = {t.name: self._replayed(run, t, len(targets)) for t in targets}
        return {name: entries for name, entries in found.items() if entries}

    def _replayed(self, run: RunData, target: Target, sharing: int) -> list[JsonObject]:
        tallies: dict[str, _Tally] = {}
        right, wrong = (self._sample(target.name, status) for status in ("pass", "fail"))
        for sample, most in ((wrong, MOST_FAILING), (right, MOST_PASSING)):
            for exchange in sample.kept[: max(LEAST, most // sharing)]:
                case, stream = run.cases[exchange.case_id], exchange.stream
                if not case.knows_answer(exchange.turn):
                    continue
                for view in client_views(
                    exchange.last, target.format, stream=stream, case=case, turn=exchange.turn
                ):
                    totals = wrong.seen[stream], right.seen[stream]
                    tally = tallies.setdefault(view.client, _Tally(*totals))
                    tally.add(view, passed=sample is right)
        return [tallies[name].entry(name) for name in sorted(tallies)]

    def _sample(self, target: str, status: str) -> "_Sample":
        most = MOST_FAILING if status == "fail" else MOST_PASSING
        return self._samples.setdefault((target, status), _Sample(most))


class _Sample:
    """An even sample of a stream of unknown length, the same in whatever order it comes.

    Kept are those of the lowest hashes. ``seen`` counts what there was, by stream mode.
    """

    def __init__(self, most: int) -> None:
        self.seen = Counter[bool]()
        self._most = most
        self._ranked: list[tuple[bytes, Exchange]] = []

    @property
    def kept(self) -> list[Exchange]:
        return [exchange for _, exchange in self._ranked]

    def offer(self, asked: Question, read: Callable[[], Exchange]) -> None:
        case_id, _, repeat, stream = asked
        self.seen[stream] += 1
        rank = blake2b(repr((case_id, repeat, stream)).encode()).digest()
        if len(self._ranked) == self._most and rank >= self._ranked[-1][0]:
            return
        exchange = read()
        if exchange.last.size > MOST_BYTES:
            return
        insort(self._ranked, (rank, exchange), key=itemgetter(0))
        del self._ranked[self._most :]


@dataclass(slots=True)
class _Tally:
    failed: int
    passed: int
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
            "failed": self.failed,
            "failing": self.outcomes.total(),
            **{name: self.outcomes[name] for name in ("same", "different", "nothing", "exception")},
            "exceptions": dict(self.exceptions.most_common(5)),
            "passed": self.passed,
            "passing": self.passing,
            "passing_same": self.passing_same,
        }
