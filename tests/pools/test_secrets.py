"""Replies are judged as they came; what is written of them holds no secret."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from made_sources import MadeSource, attempt, case, honest, target

from toolfuzz.core.events import Event, ExchangeRecorded, event_to_line
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import Request
from toolfuzz.judge.policy import Policy
from toolfuzz.pools import question
from toolfuzz.pools.question import Outcome, put_question
from toolfuzz.sources.redaction import Redaction

KEY = "sk/0123456789"


async def put(source: MadeSource, *, stream: bool = False, turns: int = 1) -> tuple[Outcome, str]:
    events: list[Event] = []
    async with source.open() as session:
        outcome = await put_question(
            session,
            source,
            case(1, turns=turns),
            events.append,
            repeat=0,
            stream=stream,
            policy=Policy(),
        )
    written = b"\n".join(map(event_to_line, events)).decode()
    for event in events:
        if isinstance(event, ExchangeRecorded):
            written += event.exchange.last.body.decode() + repr(event.exchange.request)
    return outcome, written


def replying(arguments: str, *, said: str | None = None) -> Attempt:
    """A plain reply whose argument string is this, beside what it says."""
    function = {"name": "save", "arguments": arguments}
    call = {"id": "call_1", "type": "function", "function": function}
    message = {"role": "assistant", "content": said, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return attempt(200, {"id": "c", "object": "chat.completion", "choices": [choice]})


def streaming(*pieces: str) -> Attempt:
    """A streamed reply whose argument string comes in these pieces."""
    call = {"index": 0, "id": "call_1", "type": "function"}
    deltas: list[object] = [
        {"tool_calls": [{**call, "function": {"name": "save", "arguments": ""}}]},
        *({"tool_calls": [{"index": 0, "function": {"arguments": p}}]} for p in pieces),
    ]
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls"})
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    events = [json.dumps({**head, "choices": [choice]}) for choice in choices]
    text = "".join(f"data: {event}\n\n" for event in [*events, "[DONE]"])
    return attempt(200, text.encode(), "text/event-stream")


async def test_a_word_that_is_masked_does_not_change_the_verdict() -> None:
    """Here the secret is a word of the wire format: masked before judging nothing would pass."""
    outcome, written = await put(MadeSource(target(), honest, key="tool_calls"))
    assert outcome.verdict is not None and outcome.verdict.status == "pass"
    assert "tool_calls" not in written and "**********" in written


@pytest.mark.parametrize(
    "spelled",
    [
        KEY,
        KEY.replace("/", "\\/"),
        "".join(f"\\u{ord(c):04x}" for c in KEY),
    ],
    ids=["plain", "slash", "unicode"],
)
async def test_a_secret_in_the_arguments_is_nowhere_in_what_is_written(spelled: str) -> None:
    def leaking(request: Request) -> list[Attempt]:
        return [replying(f'{{"n": "{spelled}"}}')]

    outcome, written = await put(MadeSource(target(), leaking, key=KEY))
    verdict = outcome.verdict
    assert verdict is not None and verdict.status == "fail"
    assert KEY not in written and KEY not in repr(verdict)
    assert spelled not in written and "0123456789" not in written


async def test_a_secret_over_several_events_withholds_the_body() -> None:
    def leaking(request: Request) -> list[Attempt]:
        return [streaming('{"n": "sk/01234', '56789"}')]

    outcome, written = await put(MadeSource(target(), leaking, key=KEY), stream=True)
    assert KEY not in repr(outcome.verdict)
    assert '"withheld": true' in written.replace('":true', '": true')
    assert "56789" not in written and "sk/0" not in written


async def test_a_secret_that_is_masked_whole_withholds_nothing() -> None:
    def leaking(request: Request) -> list[Attempt]:
        return [streaming(f'{{"n": "{KEY}"}}')]

    _, written = await put(MadeSource(target(), leaking, key=KEY), stream=True)
    assert '"withheld": true' not in written.replace('":true', '": true')
    assert KEY not in written and "tool_calls" in written


async def test_a_secret_that_comes_whole_and_in_pieces_withholds_the_body() -> None:
    def leaking(request: Request) -> list[Attempt]:
        return [streaming('{"n": "sk/01234', "56789", f'{KEY}"}}')]

    _, written = await put(MadeSource(target(), leaking, key=KEY), stream=True)
    assert '"withheld": true' in written.replace('":true', '": true')
    assert "sk/01234" not in written


async def test_a_conversation_does_not_send_a_secret_into_the_journal() -> None:
    sent: list[str] = []

    def leaking(request: Request) -> list[Attempt]:
        sent.append(json.dumps(request.body))
        return [replying('{"n": 1}', said=KEY)]

    _, written = await put(MadeSource(target(), leaking, key=KEY), turns=2)
    assert len(sent) == 2 and KEY in sent[1], "the server gets back what it said"
    assert KEY not in written


@pytest.mark.parametrize(("letters", "beside"), [(10, False), (300_000, True)])
async def test_a_large_reply_is_judged_and_masked_beside_the_event_loop(
    monkeypatch: pytest.MonkeyPatch, letters: int, beside: bool
) -> None:
    """While it takes its time, others must not run into their timeouts."""
    worked: list[int] = []

    def noting(work: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **named: Any) -> Any:
            worked.append(threading.get_ident())
            return work(*args, **named)

        return noted

    monkeypatch.setattr(question, "judge", noting(question.judge))
    monkeypatch.setattr(Redaction, "event", noting(Redaction.event))

    def wordy(request: Request) -> list[Attempt]:
        return [replying('{"n": 1}', said=f"{KEY} {'x' * letters}")]

    outcome, written = await put(MadeSource(target(), wordy, key=KEY))
    assert outcome.verdict is not None and KEY not in written
    assert len(worked) == 2
    assert {one != threading.get_ident() for one in worked} == {beside}
