"""Whatever is asked, put again and settled in whatever order, no limit is passed."""

import asyncio
import json
import math
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.events import CaseDrawn, Event, ExchangeRecorded
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.generate.size import input_tokens
from toolfuzz.pools.chance import requests_again
from toolfuzz.runs.limits import Limits
from toolfuzz.runs.purse import Purse

TARGETS = [Target(name, "sim", name, "openai-chat") for name in "mn"]
REFUSED = [Attempt(1.0, 2.0, 3.0, status, {}, ()) for status in (429, 503)]
LOST = Attempt(1.0, None, 3.0, None, {}, (), error="ReadError: reset")
MADE = 400


def a_case(turns: int, size: int) -> Case:
    tool = Tool("save", "x" * size, {"type": "object"})
    turn = Turn((Message("user", "Save."),), Expectation("calls", (ExpectedCall("save", {}),)))
    return Case("generated", "echo", (), (tool,), (turn,) * turns)


CASES = [a_case(turns, size) for turns in (1, 2, 3) for size in (10, 3000)]


def answer(given: int, made: int) -> Attempt:
    usage = {"prompt_tokens": given, "completion_tokens": made}
    body = json.dumps({"choices": [{"message": {"content": "ok"}}], "usage": usage}).encode()
    return Attempt(1.0, 2.0, 3.0, 200, {}, ((2.0, body),))


@dataclass
class Asked:
    """A question under way: how many requests of it may be put once more, how many in doubt."""

    target: Target
    case: Case
    repeats: int = 0
    in_doubt: int = 0

    def events(self, draw: Any) -> list[Event]:
        """What it came to: any attempts that it was allowed, each at most as large as said."""
        most = input_tokens(self.case)
        attempts = st.sampled_from([LOST, answer(most, MADE), answer(9, 9), *REFUSED])

        def exchange(turn: int, times: int, repeat: int = 0) -> Event:
            came = tuple(draw(attempts) for _ in range(times))
            name = self.target.name
            return ExchangeRecorded(Exchange(self.case.id, turn, name, repeat, False, {}, came))

        least = 1 if self.repeats or self.in_doubt else 0
        turns = draw(st.integers(least, len(self.case.turns)))
        events = [CaseDrawn(self.case)]
        events += [exchange(n, 1 + (self.repeats if n == 0 else 0)) for n in range(turns)]
        if self.in_doubt:
            again = draw(st.integers(1, self.in_doubt))
            events += [exchange(0, 1, repeat=-1) for _ in range(again)]
        return events


LIMITS = st.builds(
    Limits,
    calls=st.integers(1, 30) | st.just(math.inf),
    tokens=st.integers(500, 9000) | st.just(math.inf),
    dollars=st.integers(500, 15_000) | st.just(math.inf),
)


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(LIMITS, st.data())
def test_no_limit_is_passed_and_nothing_stays_held_back(limits: Limits, data: Any) -> None:
    asyncio.run(_spend(limits, data.draw))


async def _spend(limits: Limits, draw: Any) -> None:
    prices = {t.name: (lambda given, made: given + 2 * made) for t in TARGETS}
    purse = Purse(limits, prices, asyncio.Event())
    under_way: list[Asked] = []
    for _ in range(draw(st.integers(5, 25))):
        match draw(st.sampled_from(["reserve", "again", "doubt", "settle"])):
            case "reserve":
                target, case = draw(st.sampled_from(TARGETS)), draw(st.sampled_from(CASES))
                times = draw(st.integers(1, 2))
                if await purse.reserve(target, case, times, wait=False):
                    under_way += [Asked(target, case) for _ in range(times)]
            case "again" if under_way:
                one = draw(st.sampled_from(under_way))
                one.repeats += purse.again(one.target.name)
            case "doubt" if under_way:
                one = draw(st.sampled_from(under_way))
                requests = requests_again(len(one.case.turns))
                if not one.in_doubt and purse.again(one.target.name, requests):
                    one.in_doubt = requests
            case "settle" if under_way:
                one = under_way.pop(draw(st.integers(0, len(under_way) - 1)))
                purse.settle(one.target, one.case, one.events(draw))
        _held_to(limits, purse)
    for one in under_way:
        purse.settle(one.target, one.case, one.events(draw))
        _held_to(limits, purse)
    await _nothing_is_held_back(limits, purse)


def _held_to(limits: Limits, purse: Purse) -> None:
    spent = purse.spent
    assert spent.calls <= limits.calls
    assert spent.tokens <= limits.tokens
    assert spent.dollars <= limits.dollars


async def _nothing_is_held_back(limits: Limits, purse: Purse) -> None:
    """With all settled, what is left is what was not spent."""
    fresh = Purse(limits, purse.prices, asyncio.Event(), spent=purse.spent)
    for case in CASES:
        allowed = await purse.reserve(TARGETS[0], case, wait=False)
        assert allowed == await fresh.reserve(TARGETS[0], case, wait=False)
