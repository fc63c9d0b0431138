"""Questions at which a server failed although it was well: known only from all that was asked."""

from collections.abc import Iterator
from dataclasses import replace

from toolfuzz.analyze.load import RunData, question
from toolfuzz.core.events import VerdictReached
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.reply import Reply
from toolfuzz.judge.defects.server_error import failed_alone
from toolfuzz.judge.judge import Judgement
from toolfuzz.judge.policy import Policy

__all__ = ["server_faults"]


def server_faults(run: RunData, policy: Policy) -> Iterator[VerdictReached]:
    """Give a verdict for every unjudged question at which the server failed and not in general.

    ``run`` holds its exchanges. The new verdict stands in place of the unjudged one.
    """
    verdicts = [*run.verdicts, *run.respelled]
    lost = [v for v in verdicts if v.status == "unjudged" and question(v) in run.exchanges]
    if not lost:
        return
    judged = {question(v) for v in verdicts if v.status != "unjudged"}
    answered: dict[str, list[Exchange]] = {}
    for key, exchanges in run.exchanges.items():
        if key in judged:
            answered.setdefault(exchanges[-1].target, []).append(exchanges[-1])
    for verdict in lost:
        exchange = run.exchanges[question(verdict)][-1]
        others = answered.get(verdict.target, ())
        finding = failed_alone(exchange, others, verdict.reason or "no answer")
        if finding is None:
            continue
        blamed = Judgement("fail", (finding,), Reply("", verdict.stream, None))
        if policy.apply(blamed).status == "fail":
            yield VerdictReached(replace(verdict, status="fail", findings=(finding,), reason=None))
