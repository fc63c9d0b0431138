"""One question: all its turns, the counterpart, what can't be asked."""

from made_sources import MadeSource, attempt, case, honest, retried, target

from toolfuzz.core.events import CaseSkipped, Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.formats import Request
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.question import Outcome, modes, put_question


async def put(
    source: MadeSource, number: int = 1, *, turns: int = 1, stream: bool = False, **options: object
) -> tuple[Outcome, list[Event]]:
    events: list[Event] = []
    async with source.open() as session:
        outcome = await put_question(
            session,
            source,
            case(number, turns=turns),
            events.append,
            repeat=2,
            stream=stream,
            policy=Policy(),
            **options,  # type: ignore[arg-type]
        )
    return outcome, events


def only_first_turn(request: Request) -> list[Attempt]:
    return honest(request) if request.body["turn"] == 0 else [attempt(200, {"choices": []})]


async def test_all_turns_are_asked_recorded_and_counted() -> None:
    outcome, events = await put(MadeSource(target(), retried), turns=3)
    exchanges = [e.exchange for e in events if isinstance(e, ExchangeRecorded)]
    assert [x.turn for x in exchanges] == [0, 1, 2]
    assert [len(x.request["said"]) for x in exchanges] == [0, 1, 2]
    verdict = outcome.verdict
    assert verdict is not None and events[-1] == VerdictReached(verdict)
    assert (verdict.status, verdict.repeat, verdict.target) == ("pass", 2, "m")
    metrics = verdict.metrics
    assert (metrics.input_tokens, metrics.output_tokens, metrics.attempts) == (30, 15, 6)
    assert metrics.faults == 3
    assert len(outcome.replies) == 3


async def test_a_rate_limit_is_no_fault_of_the_server() -> None:
    def limited(request: Request) -> list[Attempt]:
        return [attempt(429, {}), attempt(429, {}), *honest(request)]

    outcome, _ = await put(MadeSource(target(), limited))
    assert outcome.verdict is not None
    assert (outcome.verdict.metrics.attempts, outcome.verdict.metrics.faults) == (3, 0)


async def test_the_first_turn_that_does_not_pass_is_the_last() -> None:
    outcome, events = await put(MadeSource(target(), only_first_turn), turns=3)
    assert [e.exchange.turn for e in events if isinstance(e, ExchangeRecorded)] == [0, 1]
    assert outcome.verdict is not None and outcome.verdict.status == "fail"
    assert outcome.verdict.metrics.input_tokens == 10


async def test_a_streamed_reply_is_held_to_its_counterpart() -> None:
    def other_number(request: Request) -> list[Attempt]:
        return honest(Request("", {**request.body, "n": 7}))

    plain, _ = await put(MadeSource(target()))
    same, _ = await put(MadeSource(target()), stream=True, counterpart=plain.replies)
    assert same.verdict is not None and same.verdict.findings == ()
    source = MadeSource(target(), other_number)
    differs, _ = await put(source, stream=True, counterpart=plain.replies)
    alone, _ = await put(source, stream=True)
    found = [{f.slug for f in o.verdict.findings} for o in (differs, alone) if o.verdict]
    assert found[0] - found[1] == {"stream-nonstream-divergence"}


async def test_what_a_target_cannot_be_asked_is_skipped_for_it() -> None:
    outcome, events = await put(MadeSource(target(), refused=frozenset({1})))
    assert outcome == Outcome()
    assert events == [CaseSkipped(case(1).id, "", "no word for it", "m")]


async def test_a_mistake_of_the_judge_loses_no_answer(monkeypatch) -> None:
    def stumble(*args: object, **options: object) -> Reply:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("toolfuzz.pools.question.judge", stumble)
    outcome, events = await put(MadeSource(target()))
    assert isinstance(events[0], ExchangeRecorded)
    assert outcome.verdict is not None and outcome.verdict.status == "unjudged"
    assert "please report it" in str(outcome.verdict.reason)


def test_the_plain_mode_comes_first() -> None:
    assert modes(target(stream="plain")) == (False,)
    assert modes(target(stream="stream")) == (True,)
    assert modes(target(stream="both")) == (False, True)
