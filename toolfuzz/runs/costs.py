"""What a question may cost at most, and what it came to: HTTP attempts, tokens, US dollars."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolfuzz.analyze.price import Price
from toolfuzz.core.case import Case, Turn
from toolfuzz.core.events import Event, ExchangeRecorded
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.sizes import COUNTED
from toolfuzz.formats import wire_format
from toolfuzz.generate.size import BYTES_PER_TOKEN, input_tokens
from toolfuzz.worlds.spec import world_of

__all__ = ["Amount", "Costs"]

_PROSE = 400
"""Tokens that a reply may hold beside its calls, which may be twice as long as asked; and those of
what a world's tools answer."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many HTTP attempts, tokens both ways and dollars."""

    calls: float = 0
    tokens: float = 0
    dollars: float = 0

    def plus(self, other: "Amount", times: float = 1) -> "Amount":
        """Return the sum with so many of the other."""
        return Amount(
            self.calls + times * other.calls,
            self.tokens + times * other.tokens,
            self.dollars + times * other.dollars,
        )

    def or_more(self, other: "Amount") -> "Amount":
        """Return the larger of each."""
        return Amount(
            max(self.calls, other.calls),
            max(self.tokens, other.tokens),
            max(self.dollars, other.dollars),
        )


@dataclass(frozen=True, slots=True)
class Costs:
    """What a target's questions cost; ``price`` is None where nobody asks for money.

    Without ``tokens`` only attempts are counted of what came.
    """

    target: Target
    price: Price | None = None
    tokens: bool = True

    def of_request(self, case: Case) -> Amount:
        """Return about the most that any single request of a case may take."""
        given, made = self._tokens(case)
        return self._amount(given, made)

    def of_question(self, case: Case) -> Amount:
        """Return about the most that a case may take, asked once and answered at once.

        A script has its turns. In a world the model says how many there are, up to a limit, and
        each request holds all that was said before.
        """
        if case.world is None:
            return Amount().plus(self.of_request(case), len(case.turns))
        rounds, (last, made) = world_of(case).most_rounds, self._tokens(case)
        given = rounds * (input_tokens(case) + last) // 2
        return replace(self._amount(given, rounds * made), calls=rounds)

    def came_to(self, events: Sequence[Event], most: Amount) -> Amount:
        """Return what was spent on the exchanges among the events.

        Tokens are those that the server counted. A refusal costs none; where nobody counted, or
        nothing came back, a request cost the ``most`` that it may have.
        """
        total = Amount()
        for event in events:
            if isinstance(event, ExchangeRecorded):
                for attempt in event.exchange.attempts:
                    total = total.plus(self._attempt(attempt, most, stream=event.exchange.stream))
        return total

    def _attempt(self, attempt: Attempt, most: Amount, *, stream: bool) -> Amount:
        if not self.tokens or (attempt.status is not None and attempt.status >= 400):
            return Amount(1)
        if attempt.size > COUNTED:
            by_size = most.plus(self._amount(0, attempt.size // BYTES_PER_TOKEN))
            return replace(by_size, calls=1)
        usage = wire_format(self.target.format).read(attempt, stream=stream).usage
        if usage is None or usage.tokens is None:
            return most
        return self._amount(usage.input_tokens or 0, usage.output_tokens or 0)

    def _amount(self, given: int, made: int) -> Amount:
        """Return what one request with so many tokens costs."""
        dollars = self.price(given, made) if self.price else None
        return Amount(1, given + made, dollars or 0.0)

    def _tokens(self, case: Case) -> tuple[int, int]:
        """Return about the most tokens of a request and of its reply."""
        cap = wire_format(self.target.format).cap(dict(self.target.params))
        made = max(min(_usual(turn), cap) if cap else _usual(turn) for turn in case.turns)
        grown = (world_of(case).most_rounds - 1) * (made + _PROSE) if case.world else 0
        return input_tokens(case) + grown, made


def _usual(turn: Turn) -> int:
    calls = [call.arguments for call in turn.expect.calls]
    return 2 * len(json.dumps(calls)) // BYTES_PER_TOKEN + _PROSE
