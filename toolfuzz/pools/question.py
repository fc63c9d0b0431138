"""One question from start to verdict: ask every turn, read, judge."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from toolfuzz.core.case import Case
from toolfuzz.core.events import CaseSkipped, Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.given import Given, given_of
from toolfuzz.core.reply import Reply
from toolfuzz.core.talk import Talk
from toolfuzz.core.verdict import Metrics, Verdict
from toolfuzz.formats import CannotAskError, Request, WireFormat, wire_format
from toolfuzz.judge.counterpart import samples
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.judge.policy import Policy
from toolfuzz.sources.source import Session, SourceSpec
from toolfuzz.worlds.play import play

__all__ = ["Outcome", "Pair", "metrics_of", "modes", "put_question"]

Pair = tuple[Sequence[Reply], Sequence[Reply]]
"""The replies to a question's turns, plain and streamed."""

_RATE_LIMITED = 429
_LARGE = 256 * 1024
"""Bytes of a reply from which it is judged beside the event loop; below, a thread costs more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: the replies of its turns (assembled) and the verdict.

    Both are empty when the target can't be asked this.
    """

    replies: tuple[Reply, ...] = ()
    verdict: Verdict | None = None


def modes(target: Target) -> tuple[bool, ...]:
    """Return the stream flags in which a target is asked; plain first, as the counterpart."""
    return {"plain": (False,), "stream": (True,), "both": (False, True)}[target.stream]


async def put_question(
    session: Session,
    source: SourceSpec,
    case: Case,
    note: Callable[[Event], None],
    *,
    repeat: int,
    stream: bool,
    policy: Policy,
    counterpart: Sequence[Reply] = (),
    again: Sequence[Pair] | None = None,
    begun: Sequence[Exchange] = (),
    talk: Talk | None = None,
    going_on: Callable[[], None] = lambda: None,
) -> Outcome:
    """Ask all turns of a case and judge each; where to end says the talk (see core/talk.py).

    ``note`` gets every event as soon as it is known, also what came before a cancellation. Replies
    are judged as they came; in the events, and in the verdict that is returned, secrets are masked.
    ``counterpart`` are the replies to the same question in the other stream mode, ``again`` those
    of both modes when it was asked again (None: it won't be, whatever differs), ``begun`` the
    exchanges of turns that an earlier run asked: they are judged, and not asked as long as they can
    be judged. ``talk`` is the case under way, where it doesn't begin with the first turn;
    ``going_on`` is called before each turn is asked.
    """
    asking = _Asking(session, source, case.id, note, repeat, stream)
    talk = talk or play(case)
    judgements: list[Judgement] = []
    # A finding may quote the counterpart as well.
    asking.leaked = any(map(session.redaction.says, counterpart))
    recorded = list(begun)
    while talk.turn is not None:
        try:
            request = source.request(talk, stream=stream)
        except CannotAskError as limit:
            note(CaseSkipped(case.id, "", str(limit), source.target.name))
            return Outcome()
        cap = asking.format.cap(request.body)
        given = given_of(request.body)
        fresh = _at(again, talk.number) if samples(request.body, asking.format) else None
        examine = partial(_examine, talk.case, talk.replies, counterpart, cap, given, fresh, policy)
        judgement = asking.again(recorded.pop(0), examine) if recorded else None
        if judgement is None:
            recorded.clear()
            going_on()
            judgement = await asking.ask(request, talk.number, examine)
        judgements.append(judgement)
        talk.answer(judgement)
    ending = policy.of_talk(talk.outcome)
    verdict = Verdict(
        case_id=case.id,
        target=source.target.name,
        repeat=repeat,
        stream=stream,
        status=ending.status,
        findings=ending.findings,
        reason=ending.reason,
        cluster=case.cluster,
        metrics=metrics_of(asking.exchanges, judgements),
        scenario=ending.scenario,
    )
    verdict = session.redaction.verdict(verdict, leaked=asking.leaked)
    note(VerdictReached(verdict))
    return Outcome(talk.replies, verdict)


def _at(again: Sequence[Pair] | None, turn: int) -> Sequence[tuple[Reply, Reply]] | None:
    if again is None:
        return None
    return [(one[turn], other[turn]) for one, other in again if turn < min(len(one), len(other))]


@dataclass(slots=True)
class _Asking:
    """The exchanges of one question. ``leaked``: one of them said a secret."""

    session: Session
    source: SourceSpec
    case_id: str
    note: Callable[[Event], None]
    repeat: int
    stream: bool
    exchanges: list[Exchange] = field(default_factory=list)
    leaked: bool = False

    def again(self, exchange: Exchange, examine: Callable[[Reply], Judgement]) -> Judgement | None:
        """Judge a turn that was asked before; None when that can't be judged."""
        judgement = examine(self._read(exchange.last))
        if judgement.status == "unjudged":
            return None
        self.exchanges.append(exchange)
        return judgement

    async def ask(
        self, request: Request, number: int, examine: Callable[[Reply], Judgement]
    ) -> Judgement:
        """Put a turn's request, and judge what comes. What was paid for is noted in any case."""
        attempts: list[Attempt] = []
        paid: ExchangeRecorded | None = None
        kept: Event | None = None
        try:
            async for attempt in self.session.ask(request):
                attempts.append(attempt)
            paid = self._paid(request, number, attempts)
            work = partial(self._judge_and_mask, paid, examine)
            # A large reply takes a while, in which others must not run into their timeouts.
            large = sum(attempt.size for attempt in attempts) > _LARGE
            judgement, kept = await asyncio.to_thread(work) if large else work()
        finally:
            if attempts:
                paid = paid or self._paid(request, number, attempts)
                kept = kept or self._masked(paid)
                self.leaked = self.leaked or kept != paid
                self.exchanges.append(paid.exchange)
                self.note(kept)
        return judgement

    def _judge_and_mask(
        self, paid: ExchangeRecorded, examine: Callable[[Reply], Judgement]
    ) -> tuple[Judgement, Event]:
        judgement = examine(self._read(paid.exchange.last))
        return judgement, self._masked(paid, judgement.reply)

    def _paid(self, request: Request, number: int, attempts: Sequence[Attempt]) -> ExchangeRecorded:
        name, asked = self.source.target.name, (self.repeat, self.stream, request.body)
        exchange = Exchange(self.case_id, number, name, *asked, tuple(attempts))
        return ExchangeRecorded(exchange, request.content)

    def _masked(self, paid: ExchangeRecorded, last: Reply | None = None) -> Event:
        """Return what is written of it; ``last`` is what its last attempt says, if it was read."""
        attempts = paid.exchange.attempts
        says = [*map(self._read, attempts[:-1]), last or self._read(attempts[-1])]
        seal = self.format.framing.sealed if self.stream else None
        return self.session.redaction.event(paid, says, self._read, seal)

    def _read(self, attempt: Attempt) -> Reply:
        return self.format.read(attempt, stream=self.stream)

    @property
    def format(self) -> WireFormat:
        return wire_format(self.source.target.format)


def _examine(
    case: Case,
    earlier: Sequence[Reply],
    counterpart: Sequence[Reply],
    cap: int | None,
    given: Given | None,
    again: Sequence[tuple[Reply, Reply]] | None,
    policy: Policy,
    reply: Reply,
) -> Judgement:
    replies = (*earlier, reply)
    try:
        return policy.apply(
            judge(case, replies, counterpart=counterpart, max_tokens=cap, given=given, again=again)
        )
    except Exception as error:
        # A mistake of ours must not lose answers that were paid for: the bytes are kept, and
        # `toolfuzz judge` reads them again once it is mended.
        reason = f"toolfuzz failed to judge this (please report it): {error!r}"
        return Judgement(status="unjudged", findings=(), reply=reply, reason=reason)


def metrics_of(exchanges: Sequence[Exchange], judgements: Sequence[Judgement]) -> Metrics:
    """Times are those of the last turn; attempts, tokens and checks those of all turns."""
    last, judgement = exchanges[-1].last, judgements[-1]
    usages = [j.reply.usage for j in judgements if j.reply.usage]
    return Metrics(
        latency_ms=round(last.total_ms, 3),
        first_byte_ms=None if last.first_byte_ms is None else round(last.first_byte_ms, 3),
        attempts=sum(len(e.attempts) for e in exchanges),
        faults=sum(a.status != _RATE_LIMITED for e in exchanges for a in e.attempts[:-1]),
        input_tokens=_sum(usage.input_tokens for usage in usages),
        output_tokens=_sum(usage.output_tokens for usage in usages),
        called=judgement.called,
        schema_valid=judgement.schema_valid,
        checks=sum(j.checks for j in judgements),
        checks_failed=sum(j.checks_failed for j in judgements),
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    """Return the sum of those that are known, None when none is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
