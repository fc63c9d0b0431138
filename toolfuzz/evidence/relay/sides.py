"""Both sides of what was asked of a gateway, read from a trial's journal."""

from dataclasses import dataclass, field
from pathlib import Path

from toolfuzz.analyze.load import Question, question
from toolfuzz.core.events import ExchangeRecorded, UpstreamAnswered
from toolfuzz.core.exchange import Exchange
from toolfuzz.runs.reading import read_journal

__all__ = ["Sides", "sides_in"]


@dataclass(frozen=True, slots=True)
class Sides:
    """A turn at the client, and what came upstream of it: nothing, or several where the gateway
    tried again."""

    client: Exchange
    upstream: list[UpstreamAnswered] = field(default_factory=list)


def sides_in(folder: Path) -> dict[Question, list[Sides]]:
    """Return the turns of each question, in their order."""
    found: dict[Question, list[Sides]] = {}
    last: Sides | None = None
    for event in read_journal(folder):
        match event:
            case ExchangeRecorded(client):
                last = Sides(client)
                found.setdefault(question(client), []).append(last)
            case UpstreamAnswered() if last is not None:
                # Its exchange may be plain where the client's is a stream.
                last.upstream.append(event)
    return found
