"""A stream that differs from the plain reply: both are asked again, to tell a rule from chance.

What comes is recorded before the stream that it is held to, as far as that isn't in the journal yet
(of a conversation all but the last turn is), so that whoever reads on comes to the same verdict.
"""

from collections.abc import Sequence

from toolfuzz.analyze.load import last_of_each_turn
from toolfuzz.core.events import Event, ExchangeRecorded
from toolfuzz.core.exchange import asked_again
from toolfuzz.core.reply import Reply
from toolfuzz.judge.catalogue import defects
from toolfuzz.pools.pool import Job
from toolfuzz.pools.question import Outcome, Pair, put_question
from toolfuzz.sources.source import Session

__all__ = ["ask_again", "in_doubt", "requests_again"]


def in_doubt(session: Session, plain: Sequence[Reply], outcome: Outcome) -> bool:
    """Whether a verdict hangs on what a model that samples may say by chance.

    Such a finding is no error as long as nothing was asked again. Where a secret was said it stays
    so: what is recorded then isn't what came.
    """
    found = outcome.verdict.findings if outcome.verdict else ()
    if not any(f.severity != "error" and defects()[f.slug].by_chance for f in found):
        return False
    return not any(map(session.redaction.says, (*plain, *outcome.replies)))


def requests_again(turns: int) -> int:
    """Return how many requests it takes at most to ask a question of so many turns again."""
    return turns * len(asked_again(0)) * 2


async def ask_again(
    session: Session, job: Job, plain: Sequence[Reply], events: list[Event], kept: int
) -> None:
    """Ask a question again, plain and streamed in turn, and judge its stream once more.

    ``events`` are those of the stream, the first ``kept`` of which are written; ``plain`` is what
    it was held to. What is asked goes before the others as soon as it is known, the new verdict in
    the place of the old.
    """
    own = events[kept:]
    asked = [event.exchange for event in events if isinstance(event, ExchangeRecorded)]
    # An earlier run may have asked the stream.
    begun = last_of_each_turn(e for e in (*job.begun, *asked) if e.stream)

    def note(event: Event) -> None:
        if isinstance(event, ExchangeRecorded):
            events.insert(len(events) - len(own), event)

    pairs: list[Pair] = []
    for repeat in asked_again(job.repeat):
        pair = []
        for stream in (False, True):
            outcome = await put_question(
                session,
                job.source,
                job.case,
                note,
                repeat=repeat,
                stream=stream,
                policy=job.policy,
            )
            pair.append(outcome.replies)
        pairs.append((pair[0], pair[1]))
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
        begun=begun,
    )
    events[-1:] = verdict
