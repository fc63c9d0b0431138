"""A stream that differs from the plain reply: both are asked again, to tell a rule from chance.

What comes is recorded before the stream that it is held to, so that whoever reads the journal comes
to the same verdict.
"""

from collections.abc import Sequence

from toolfuzz.core import exchange
from toolfuzz.core.events import Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.reply import Reply
from toolfuzz.judge.catalogue import defects
from toolfuzz.pools.pool import Job
from toolfuzz.pools.question import Outcome, Pair, put_question
from toolfuzz.sources.source import Session

__all__ = ["asked_again", "in_doubt"]


def in_doubt(outcome: Outcome) -> bool:
    """Whether a verdict hangs on what a model that samples may say by chance.

    Such a finding is no error as long as nothing was asked again.
    """
    found = outcome.verdict.findings if outcome.verdict else ()
    return any(f.severity != "error" and defects()[f.slug].by_chance for f in found)


async def asked_again(
    session: Session, job: Job, plain: Sequence[Reply], events: Sequence[Event]
) -> list[Event]:
    """Ask a question again, plain and streamed in turn, and judge its stream once more.

    ``events`` are those of the stream, ``plain`` is what it was held to. Returns the events with
    what was asked, and with the new verdict in the place of the old.
    """
    asked: list[Event] = []
    pairs: list[Pair] = []
    for repeat in exchange.asked_again(job.repeat):
        pair = []
        for stream in (False, True):
            outcome = await put_question(
                session,
                job.source,
                job.case,
                lambda event: asked.append(event) if isinstance(event, ExchangeRecorded) else None,
                repeat=repeat,
                stream=stream,
                policy=job.policy,
            )
            pair.append(outcome.replies)
        pairs.append((pair[0], pair[1]))
    drawn, *own = (event for event in events if not isinstance(event, VerdictReached))
    verdict: list[Event] = []
    await put_question(
        session,
        job.source,
        job.case,
        verdict.append,
        repeat=job.repeat,
        stream=True,
        policy=job.policy,
        counterpart=plain,
        again=pairs,
        begun=[event.exchange for event in own if isinstance(event, ExchangeRecorded)],
    )
    return [drawn, *asked, *own, *verdict]
