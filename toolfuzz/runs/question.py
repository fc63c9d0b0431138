"""One question from start to verdict: ask every turn, decode, judge."""

from collections.abc import Iterator
from dataclasses import dataclass

from toolfuzz.core.case import Case, Turn
from toolfuzz.core.events import CaseSkipped, Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Finding, Metrics, Verdict
from toolfuzz.formats import WireFormat
from toolfuzz.judge.pipeline import Judgement, judge
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.asker import Asker

__all__ = ["Outcome", "modes", "put_question"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: the journal's events, the last reply (assembled), the verdict."""

    events: tuple[Event, ...]
    reply: Reply | None = None
    verdict: Verdict | None = None


def modes(target: Target) -> tuple[bool, ...]:
    """Return the stream flags in which a target is asked; plain first, it is the stream's twin."""
    return {"plain": (False,), "stream": (True,), "both": (False, True)}[target.stream]


async def put_question(
    asker: Asker,
    format: WireFormat,
    target: Target,
    case: Case,
    *,
    repeat: int,
    stream: bool,
    policy: Policy,
    twin: Reply | None = None,
) -> Outcome:
    """Ask all turns of a case and judge each; the first turn that isn't passed ends it."""
    events: list[Event] = []
    history: list[tuple[Turn, Reply]] = []
    judgements: list[Judgement] = []
    exchanges: list[Exchange] = []
    for number, turn in enumerate(case.turns):
        answer = await asker.ask(case, number, stream=stream, history=history)
        if answer.skipped is not None:
            return Outcome((CaseSkipped(case.id, "", answer.skipped, target.name),))
        exchange = Exchange(
            case.id, number, target.name, repeat, stream, answer.request, answer.attempts
        )
        reply = format.read(exchange.last, stream=stream)
        judgement = _judge(case, number, reply, twin, format.cap(answer.request), policy)
        exchanges.append(exchange)
        judgements.append(judgement)
        events.append(ExchangeRecorded(exchange))
        if judgement.status != "pass":
            break
        history.append((turn, judgement.reply))
    last = judgements[-1]
    verdict = Verdict(
        case_id=case.id,
        target=target.name,
        repeat=repeat,
        stream=stream,
        status=last.status,
        findings=tuple(_all_findings(judgements)),
        reason=last.reason,
        cluster=case.cluster,
        metrics=_metrics(exchanges, judgements),
    )
    events.append(VerdictReached(verdict))
    return Outcome(tuple(events), last.reply, verdict)


def _judge(
    case: Case, turn: int, reply: Reply, twin: Reply | None, cap: int | None, policy: Policy
) -> Judgement:
    try:
        return policy.apply(judge(case, turn, reply, twin=twin, max_tokens=cap))
    except Exception as error:
        # A mistake of ours must not lose answers that were paid for: the bytes are kept, and
        # `toolfuzz judge` reads them again once it is mended.
        reason = f"toolfuzz failed to judge this (please report it): {error!r}"
        return Judgement(status="unjudged", findings=(), reply=reply, reason=reason)


def _all_findings(judgements: list[Judgement]) -> Iterator[Finding]:
    for judgement in judgements:
        yield from judgement.findings


def _metrics(exchanges: list[Exchange], judgements: list[Judgement]) -> Metrics:
    last, judgement = exchanges[-1].last, judgements[-1]
    usage = judgement.reply.usage
    return Metrics(
        latency_ms=round(last.total_ms, 3),
        first_byte_ms=None if last.first_byte_ms is None else round(last.first_byte_ms, 3),
        attempts=sum(len(e.attempts) for e in exchanges),
        input_tokens=usage.input_tokens if usage else None,
        output_tokens=usage.output_tokens if usage else None,
        called=judgement.called,
        schema_valid=judgement.schema_valid,
        checks=sum(j.checks for j in judgements),
        checks_failed=sum(j.checks_failed for j in judgements),
    )
