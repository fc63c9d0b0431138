"""Questions that a server alone failed at or refused: known only from all that was asked."""

from collections.abc import Iterator
from dataclasses import replace

from toolfuzz.analyze.load import RunData, question
from toolfuzz.core.events import VerdictReached
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.reply import Reply
from toolfuzz.judge.defects.request_refused import refused_alone
from toolfuzz.judge.defects.server_error import failed_alone
from toolfuzz.judge.judge import Judgement
from toolfuzz.judge.policy import Policy

__all__ = ["server_faults"]


def server_faults(run: RunData, policy: Policy) -> Iterator[VerdictReached]:
    """Give a verdict for every unjudged question that the server failed at or refused, alone.

    ``run`` holds its exchanges. The new verdict stands in place of the unjudged one.
    """
    verdicts = [*run.verdicts, *run.respelled]
    lost = [v for v in verdicts if v.status == "unjudged" and question(v) in run.exchanges]
    if not lost:
        return
    judged = {question(v) for v in verdicts if v.status != "unjudged"}
    answered: dict[str, list[Exchange]] = {}
    for key, exchanges in run.exchanges.items():
        status = exchanges[-1].last.status
        if key in judged and status is not None and status < 400:
            answered.setdefault(exchanges[-1].target, []).append(exchanges[-1])
    for verdict in lost:
        exchange = run.exchanges[question(verdict)][-1]
        others = answered.get(verdict.target, ())
        words = verdict.reason or "no answer"
        finding = failed_alone(exchange, others, words) or refused_alone(exchange, others, words)
        if finding is None:
            continue
        blamed = Judgement("fail", (finding,), Reply("", verdict.stream, None))
        if policy.apply(blamed).status == "fail":
            yield VerdictReached(replace(verdict, status="fail", findings=(finding,), reason=None))
