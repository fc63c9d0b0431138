"""Questions that a server alone failed at or refused: known only from all that was asked."""

from collections.abc import Iterator
from dataclasses import replace

from toolfuzz.analyze.load import RunData, question
from toolfuzz.core.events import VerdictReached
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Verdict
from toolfuzz.judge.defects.request_refused import refused_alone
from toolfuzz.judge.defects.server_error import (
    error_inside,
    failed_alone,
    failed_at,
    was_answered,
)
from toolfuzz.judge.judge import Judgement
from toolfuzz.judge.policy import Policy

__all__ = ["lost_questions", "server_faults"]

_MOST = 10_000
"""Questions of a target that are looked at beside those that it failed."""


def lost_questions(run: RunData, target: str) -> list[Verdict]:
    """Return the unjudged verdicts on questions that the server failed when last asked.

    ``run`` holds its exchanges.
    """
    return [
        verdict
        for verdict in _unjudged(run)
        if verdict.target == target and failed_at(run.exchanges[question(verdict)][-1])
    ]


def server_faults(run: RunData, policy: Policy) -> Iterator[VerdictReached]:
    """Give a verdict for every unjudged question that the server failed at or refused, alone.

    ``run`` holds its exchanges. The new verdict stands in place of the unjudged one.
    """
    unjudged = _unjudged(run)
    answered = {target: list(_answered(run, target)) for target in {v.target for v in unjudged}}
    for verdict in unjudged:
        askings, words = run.exchanges[question(verdict)], verdict.reason or "no answer"
        others = [e for e in answered[verdict.target] if question(e) != question(verdict)]
        if failed_at(askings[-1]):
            finding = failed_alone([e for e in askings if failed_at(e)], others, words)
        else:
            finding = refused_alone(askings[-1], filter(was_answered, others), words)
        if finding is None:
            continue
        blamed = Judgement("fail", (finding,), Reply("", verdict.stream, None))
        if policy.apply(blamed).status == "fail":
            yield VerdictReached(replace(verdict, status="fail", findings=(finding,), reason=None))


def _answered(run: RunData, target: str) -> Iterator[Exchange]:
    """Give the askings of questions that were answered in the end, of many some."""
    for asked in run.exchanges.some(target, _MOST):
        askings = run.exchanges[asked]
        if any(map(was_answered, askings)):
            yield from map(_without_bytes, askings)


def _without_bytes(exchange: Exchange) -> Exchange:
    """Leave the bytes to the journal, but those that say what is an error."""
    attempts = tuple(
        a if error_inside(a) is not None else replace(a, chunks=()) for a in exchange.attempts
    )
    return replace(exchange, request={}, attempts=attempts)


def _unjudged(run: RunData) -> list[Verdict]:
    verdicts = [*run.verdicts.unjudged, *run.respelled.unjudged]
    return [v for v in verdicts if question(v) in run.exchanges]
