"""One question from start to verdict: ask every turn, read, judge."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from toolfuzz.core.case import Case, Turn
from toolfuzz.core.events import CaseSkipped, Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Finding, Metrics, Verdict
from toolfuzz.formats import CannotAskError, WireFormat, wire_format
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.judge.policy import Policy
from toolfuzz.sources.source import Session, SourceSpec

__all__ = ["Outcome", "modes", "put_question"]

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
) -> Outcome:
    """Ask all turns of a case and judge each; the first turn that isn't passed ends it.

    ``note`` gets every event as soon as it is known, also what came before a cancellation. Replies
    are judged as they came; in the events, and in the verdict that is returned, secrets are masked.
    ``counterpart`` are the replies to the same question in the other stream mode.
    """
    format_, name = wire_format(source.target.format), source.target.name
    history: list[tuple[Turn, Reply]] = []
    exchanges: list[Exchange] = []
    judgements: list[Judgement] = []
    # A finding may quote the counterpart as well.
    leaked = any(map(session.redaction.says, counterpart))
    for number, turn in enumerate(case.turns):
        try:
            request = source.request(case, number, stream=stream, history=history)
        except CannotAskError as limit:
            note(CaseSkipped(case.id, "", str(limit), name))
            return Outcome()
        attempts: list[Attempt] = []
        said: Reply | None = None
        try:
            async for attempt in session.ask(request):
                attempts.append(attempt)
            exchange = Exchange(
                case.id, number, name, repeat, stream, request.body, tuple(attempts)
            )
            earlier = [reply for _, reply in history]
            cap = format_.cap(request.body)
            examine = partial(_examine, format_, exchange, case, earlier, counterpart, cap, policy)
            # A large reply takes a while, in which others must not run into their timeouts.
            large = sum(len(chunk) for _, chunk in exchange.last.chunks) > _LARGE
            judgement = await asyncio.to_thread(examine) if large else examine()
            said = judgement.reply
        finally:
            if attempts:
                read = partial(format_.read, stream=stream)
                says = [*map(read, attempts[:-1]), said or read(attempts[-1])]
                body = request.body
                paid = Exchange(case.id, number, name, repeat, stream, body, tuple(attempts))
                kept = session.redaction.event(ExchangeRecorded(paid), says, read)
                leaked = leaked or kept != ExchangeRecorded(paid)
                note(kept)
        exchanges.append(exchange)
        judgements.append(judgement)
        history.append((turn, judgement.reply))
        if judgement.status != "pass":
            break
    last = judgements[-1]
    verdict = Verdict(
        case_id=case.id,
        target=name,
        repeat=repeat,
        stream=stream,
        status=last.status,
        findings=tuple(_all_findings(judgements)),
        reason=last.reason,
        cluster=case.cluster,
        metrics=_metrics(exchanges, judgements),
    )
    verdict = session.redaction.verdict(verdict, leaked=leaked)
    note(VerdictReached(verdict))
    return Outcome(tuple(reply for _, reply in history), verdict)


def _examine(
    format_: WireFormat,
    exchange: Exchange,
    case: Case,
    earlier: Sequence[Reply],
    counterpart: Sequence[Reply],
    cap: int | None,
    policy: Policy,
) -> Judgement:
    reply = format_.read(exchange.last, stream=exchange.stream)
    replies = (*earlier, reply)
    try:
        return policy.apply(judge(case, replies, counterpart=counterpart, max_tokens=cap))
    except Exception as error:
        # A mistake of ours must not lose answers that were paid for: the bytes are kept, and
        # `toolfuzz judge` reads them again once it is mended.
        reason = f"toolfuzz failed to judge this (please report it): {error!r}"
        return Judgement(status="unjudged", findings=(), reply=reply, reason=reason)


def _all_findings(judgements: list[Judgement]) -> Iterator[Finding]:
    for judgement in judgements:
        yield from judgement.findings


def _metrics(exchanges: Sequence[Exchange], judgements: Sequence[Judgement]) -> Metrics:
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
