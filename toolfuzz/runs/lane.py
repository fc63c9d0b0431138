"""What became of one target's questions so far, and so whether it is still worth asking."""

from collections.abc import Sequence
from dataclasses import dataclass

from toolfuzz.core.events import Event, ExchangeRecorded, TargetGivenUp, VerdictReached
from toolfuzz.judge.defects.parser_hangs import DEFECT as HANGS
from toolfuzz.runs.feed import Feed
from toolfuzz.sources.source import SourceSpec

__all__ = ["Lane"]


@dataclass(slots=True)
class Lane:
    """One target's questions: how many in a row could not be judged, and whether that was it.

    ``reason`` is why the last could not; ``hangs`` is at how many in all it hung.
    ``answered`` is when the last answered question began: one that began before it and comes to
    nothing later (retries take a while) doesn't say that the target is gone.
    """

    source: SourceSpec
    feed: Feed
    in_a_row: int = 0
    hangs: int = 0
    reason: str = ""
    answered: float = 0.0
    given_up: TargetGivenUp | None = None

    def note(self, events: Sequence[Event]) -> None:
        """Take note of what one question came to."""
        self.feed.note(events)
        exchanges = [e.exchange for e in events if isinstance(e, ExchangeRecorded)]
        begun = min((e.attempts[0].started for e in exchanges), default=0.0)
        # A conversation that came to a later turn was answered before.
        later = any(exchange.turn for exchange in exchanges)
        for event in events:
            if isinstance(event, VerdictReached):
                self._note(event, begun, answered=later)

    def _note(self, event: VerdictReached, begun: float, *, answered: bool) -> None:
        self.hangs += any(f.slug == HANGS.slug for f in event.verdict.findings)
        if answered or event.verdict.status != "unjudged":
            self.in_a_row = 0
            self.answered = max(self.answered, begun)
            return
        if begun < self.answered:
            return
        self.in_a_row += 1
        self.reason = event.verdict.reason or "unknown"

    def give_up(self) -> None:
        """Ask this target nothing more."""
        self.given_up = TargetGivenUp(self.source.target.name, self.reason, self.in_a_row)

    def stop_hanging(self) -> None:
        """Ask it nothing more: what it shows at each further question is known."""
        name = self.source.target.name
        self.given_up = TargetGivenUp(name, "its parser hangs", self.hangs, hung=True)
