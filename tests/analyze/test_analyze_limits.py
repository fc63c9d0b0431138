"""Questions that took too long, or were too long, and what is advised."""

from typing import Any

import pytest
from made_up import case, verdict

from toolfuzz.analyze.load import collect
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import CaseDrawn, Event, RunStarted, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.generate.size import input_tokens
from toolfuzz.report.advice import advice

TIMEOUT = "transport: Timeout: not a byte within 120 s"
WINDOW = "longer than the model's window: HTTP 400: request (5120 tokens) exceeds it"
OTHER = "transport: ConnectError: refused"


def _summary(reasons: list[str | None], **settings: Any) -> JsonObject:
    """A run whose n-th case, each longer than the one before, was judged or unjudged for this."""
    target = Target("slow", "x", "slow", "openai-chat")
    lines: list[Event] = [RunStarted(1.0, "0", (target,), {"seed": 0, **settings})]
    for number, reason in enumerate(reasons, 1):
        of = case(10 * number)
        status = "unjudged" if reason else "pass"
        took = 1000.0 * number
        reached = verdict(of, status, target="slow", reason=reason, latency_ms=took)
        lines += [CaseDrawn(of), VerdictReached(reached)]
    return summarize(collect(lines))


def test_limits_are_counted() -> None:
    (target,) = _summary([None, TIMEOUT, None, WINDOW, OTHER, None, WINDOW])["targets"]
    fits = input_tokens(case(30))
    assert target["limits"] == {
        "timed_out": 1,
        "slowest": 6.0,
        "too_long": 2,
        "fits": fits,
        "blind": False,
    }
    (target,) = _summary([None])["targets"]
    assert target["limits"] == {
        "timed_out": 0,
        "slowest": 1.0,
        "too_long": 0,
        "fits": None,
        "blind": False,
    }


@pytest.mark.parametrize(
    ("reasons", "settings", "said"),
    [
        ([None] * 9 + [OTHER], {"timeout": 120}, []),
        ([None] * 9 + [TIMEOUT], {"timeout": 120}, []),
        ([None] * 38 + [TIMEOUT] * 2, {"timeout": 120}, []),
        (
            [None] * 7 + [TIMEOUT] * 3,
            {"timeout": 120, "concurrency": 8},
            ["slow: 3 of 10 questions got no byte in 120 s, the slowest answer took 7 s: try "
             "--concurrency auto --timeout 300; "],
        ),
        (
            [None] * 1 + [TIMEOUT] * 5,
            {"timeout": 120, "concurrency": "auto"},
            ["slow: 5 of 6 questions got no byte in 120 s, the slowest answer took 1 s: try "
             "--timeout 300 --cases 1; "],
        ),
        ([TIMEOUT] * 4, {}, ["slow: 4 of 4 questions got no byte in time: try --concurrency auto"]),
        ([TIMEOUT] * 4, {"timeout": "x"}, ["slow: 4 of 4 questions got no byte in time: try"]),
        ([WINDOW], {}, ["slow: 1 prompt didn't fit into the model's window: --max-input TOKENS"]),
        ([None, WINDOW, WINDOW], {}, ["slow: 2 prompts didn't fit into the model's window: "
                                      f"--max-input {input_tokens(case(10))} leaves such out"]),
    ],
)  # fmt: skip
def test_advice(reasons: list[str | None], settings: dict[str, Any], said: list[str]) -> None:
    given = list(advice(_summary(reasons, **settings)))
    assert len(given) == len(said)
    for sentence, beginning in zip(given, said, strict=True):
        assert sentence.startswith(beginning)
