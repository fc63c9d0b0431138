"""Hostile replies cost processor time and memory in proportion to their size, and little of it."""

import json
import time
import tracemalloc
from collections.abc import Callable

import pytest

from toolfuzz.core import effort
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import judge

SCHEMA = {
    "type": "object",
    "properties": {"tags": {"type": "array", "items": {"type": "string"}}, "s": {"type": "string"}},
    "required": ["tags", "s"],
}
RIGHT = {"tags": ["x", "y"], "s": "hello"}
CASE = Case(
    "generated",
    "echo",
    (),
    (Tool("f", "d", SCHEMA),),
    (Turn((Message("user", "call f"),), Expectation("calls", (ExpectedCall("f", RIGHT),))),),
)
SIZE = 400_000


def of_arguments(text: str) -> bytes:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": text}}
    return body({"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls")


def of_text(text: str) -> bytes:
    return body({"role": "assistant", "content": text}, "stop")


def body(message: dict[str, object], finish: str) -> bytes:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return json.dumps({"id": "x", "model": "m", "choices": [choice]}).encode()


@pytest.mark.parametrize(
    ("make", "unit", "start"),
    [
        (of_arguments, "1,", '{"a":['),
        (of_arguments, '"a",', '{"tags":['),
        (of_arguments, '\\"x, True', '{"a":"'),
        (of_arguments, "{}", ""),
        (of_arguments, '{"a":1}', ""),
        (of_arguments, "[", '{"a":'),
        (of_arguments, "\\", '{"a":"'),
        (of_arguments, '"k":1,', "{"),
        (of_arguments, "```json\n", ""),
        (of_arguments, "a ", "{"),
        (of_arguments, "'", "{'a':'"),
        (of_arguments, "/*", '{"a":1}'),
        (of_text, '{"name":', ""),
        (of_text, "1,", '{"name":' * 200 + "["),
        (of_text, "<tool_call>", ""),
        (of_text, "a=", "[f("),
        (of_text, "<think>", ""),
        (of_text, " ", "["),
        (of_text, "\n", "```"),
        (of_text, " ", "[Tool call: f "),
        (of_text, "</a>", "x"),
        (of_text, "The <tool_call>f is ", ""),
        (of_arguments, "</parameter>", '{"a":"x'),
        (of_arguments, '{"arguments":', ""),
    ],
)
def test_a_hostile_reply_is_judged_in_bounded_time_and_memory(
    make: Callable[[str], bytes], unit: str, start: str
) -> None:
    raw = make(start + unit * (SIZE // len(unit)))
    attempt = Attempt(0, 1, 2, 200, {"content-type": "application/json"}, ((1.0, raw),))
    began = time.process_time()
    judgement = judge(CASE, [wire_format("openai-chat").read(attempt, stream=False)])
    # Processor time, which a busy machine doesn't lengthen; quadratic ones take minutes.
    assert time.process_time() - began < 6
    gave_up = "judging: TooManyValues: more than 100,000 in one JSON text"
    assert judgement.status == "fail" or judgement.reason == gave_up


@pytest.mark.parametrize("stream", [False, True])
def test_many_calls_are_given_up(stream: bool) -> None:
    count = effort.MOST_PARTS + 1
    call = {"function": {"name": "f", "arguments": "{}"}}
    if stream:
        deltas = ({"tool_calls": [{"index": n, **call}]} for n in range(count))
        chunks = (json.dumps({"choices": [{"index": 0, "delta": delta}]}) for delta in deltas)
        raw = "".join(f"data: {chunk}\n\n" for chunk in chunks).encode()
    else:
        raw = body({"role": "assistant", "tool_calls": [call] * count}, "tool_calls")
    attempt = Attempt(0, 1, 2, 200, {}, ((1.0, raw),))
    judgement = judge(CASE, [wire_format("openai-chat").read(attempt, stream=stream)])
    assert judgement.status == "unjudged"
    assert (
        judgement.reason == "judging: TooManyParts: more than 10,000 calls or blocks in one reply"
    )


def test_reading_and_judging_have_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    event = json.dumps({"choices": [{"index": 0, "delta": {"content": "a"}}]})
    raw = f"data: {event}\n\n".encode()
    attempt = Attempt(0, 1, 2, 200, {}, ((1.0, raw),))
    reply = wire_format("openai-chat").read(attempt, stream=True)
    assert judge(CASE, [reply]).status == "fail"
    monkeypatch.setattr(effort, "MOST_SECONDS", 0.0)
    late = judge(CASE, [reply])
    too_slow = "TooSlow: more than 0 s of processor time"
    assert (late.status, late.reason) == ("unjudged", f"judging: {too_slow}")
    unread = wire_format("openai-chat").read(attempt, stream=True)
    assert unread.transport_error == too_slow
    monkeypatch.undo()
    late = judge(CASE, [unread])
    assert (late.status, late.reason) == ("unjudged", f"transport: {too_slow}")


LONG = "x" * 2 * 2**20
EMOJI = "\N{SEEDLING}"


@pytest.mark.parametrize(
    ("raw", "copies"),
    [
        (of_arguments('{"a":"' + '\\"x, True' * 200_000), 5),
        (of_arguments(f'{{"s":{LONG}}}'), 5),
        (of_arguments(f'{{"s":"{LONG}"}}'), 5),
        (of_text(LONG), 5),
        (of_arguments(f'{{"s":{EMOJI}{LONG}}}'), 4 * 4),
        (of_arguments(f'{{"s":"{EMOJI}{LONG}"}}'), 4 * 4),
        (of_text(f"{EMOJI}{LONG}"), 4 * 4),
    ],
    ids=["quotes", "bare", "string", "text", "bare-wide", "string-wide", "text-wide"],
)
def test_a_long_text_is_held_few_times(raw: bytes, copies: int) -> None:
    """Four times as wide as it came, where an emoji is in it; twice is the most for a long one."""
    attempt = Attempt(0, 1, 2, 200, {"content-type": "application/json"}, ((1.0, raw),))
    judge(CASE, [wire_format("openai-chat").read(attempt, stream=False)])
    tracemalloc.start()
    judgement = judge(CASE, [wire_format("openai-chat").read(attempt, stream=False)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert judgement.status == "fail"
    assert peak < copies * len(raw)


@pytest.mark.parametrize(
    ("text", "slug"),
    [(f'{{"s":{LONG}}}', "args-unparsable"), (f'{{"s":"{LONG}', "args-truncated")],
)
def test_of_a_long_broken_text_is_said_whether_it_stops_too_early(text: str, slug: str) -> None:
    attempt = Attempt(0, 1, 2, 200, {}, ((1.0, of_arguments(text)),))
    judgement = judge(CASE, [wire_format("openai-chat").read(attempt, stream=False)])
    assert [found.slug for found in judgement.findings] == [slug]
