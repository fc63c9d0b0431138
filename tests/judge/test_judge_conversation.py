"""Several turns: what only the replies before show, in a conversation and in recorded files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge_wire_bytes import APIS, PARIS, ROME, TOOLS, Call, plain, plain_body

from toolfuzz.core.ask import Answered, Ask, Called, ToolResult, turns_of
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.formats import wire_format
from toolfuzz.generate import draw_cases
from toolfuzz.judge.judge import judge
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.offline import Judged, judge_file
from toolfuzz.strategies import conversations


def asking(*calls: Call) -> Turn:
    expected = tuple(ExpectedCall(name or "", json.loads(raw)) for _, name, raw in calls)
    return Turn((Message("user", "Do it."),), Expectation("calls", expected), results=("done",))


def found(turns: Sequence[Turn], replies: Sequence[Reply | None]) -> list[str]:
    case = Case("generated", "echo", (), TOOLS, tuple(turns))
    return [f.slug for f in judge(case, replies).findings if f.severity != "info"]


@pytest.mark.parametrize("api", APIS)
def test_ids_are_new_in_every_turn(api: str) -> None:
    turns = [asking(PARIS), asking(ROME)]
    again = ("call_1", *ROME[1:])
    assert found(turns, [plain(api, PARIS), plain(api, ROME)]) == []
    assert found(turns, [plain(api, PARIS), plain(api, again)]) == ["id-reused-across-turns"]
    assert found(turns, [None, plain(api, again)]) == []


def test_only_the_last_reply_is_judged() -> None:
    wrong = plain("openai-chat", ("call_0", "get_weather", "{"))
    assert found([asking(PARIS), asking(ROME)], [wrong, plain("openai-chat", ROME)]) == []


def test_the_reply_under_judgement_must_be_there() -> None:
    with pytest.raises(ValueError, match="missing"):
        found([asking(PARIS)], [None])


def test_each_turn_has_its_own_counterpart() -> None:
    case = Case("generated", "echo", (), TOOLS, (asking(PARIS), asking(ROME)))
    streamed = Reply("openai-chat", True, 200, text="Nothing.", finish="stop")
    slugs = [
        {f.slug for f in judge(case, [None, streamed], counterpart=plain_replies).findings}
        for plain_replies in ([None, plain("openai-chat", ROME)], [plain("openai-chat", ROME)])
    ]
    assert "stream-nonstream-divergence" in slugs[0]
    assert "stream-nonstream-divergence" not in slugs[1]


def test_a_recorded_question_is_taken_apart_into_turns() -> None:
    reply = plain("openai-chat", PARIS)
    ask = Ask(
        said=(
            Message("system", "Be brief."),
            Message("user", "Paris?"),
            Called(reply),
            Answered((ToolResult("call_1", "get_weather", "sunny"),)),
            Message("user", "And Rome?"),
        ),
        parallel=False,
    )
    first, last = turns_of(ask, Expectation("no_call"))
    assert [m.content for m in first.messages] == ["Be brief.", "Paris?"]
    assert (first.results, first.expect.kind) == (("sunny",), "calls")
    assert [call.tool for call in first.expect.calls] == ["get_weather"]
    assert [m.content for m in last.messages] == ["And Rome?"]
    assert (last.expect.kind, last.parallel, last.results) == ("no_call", False, ())


def recorded(api: str, history: Call, answer: Call, tmp_path: Path) -> list[str]:
    """What ``toolfuzz judge`` says of an exchange whose request holds the history."""
    form = wire_format(api)
    ask = Ask(
        model="m",
        tools=TOOLS,
        said=(
            Message("user", "First."),
            Called(plain(api, history)),
            Answered((ToolResult(history[0], history[1], "done"),)),
            Message("user", "Second."),
        ),
        max_tokens=500,
    )
    line: dict[str, Any] = {
        "format": api,
        "request": form.request(ask).body,
        "response": {"body": plain_body(api, answer)},
        "expect": {"calls": [{"name": ROME[1], "arguments": json.loads(ROME[2])}]},
    }
    path = tmp_path / "recorded.jsonl"
    path.write_text(json.dumps(line))
    (one,) = judge_file(path, Policy())
    assert isinstance(one, Judged)
    return [f.slug for f in one.judgement.findings]


@pytest.mark.parametrize("api", APIS)
def test_recorded_histories_are_read(api: str, tmp_path: Path) -> None:
    assert recorded(api, PARIS, ROME, tmp_path) == []
    assert recorded(api, PARIS, ("call_1", *ROME[1:]), tmp_path) == ["id-reused-across-turns"]
    erased = ("call_2", "get_weather", "{}")
    assert recorded(api, PARIS, erased, tmp_path) == ["history-args-erased"]
    wrong = ("call_9", "get_weather", '{"city":"Roma Termini","days":1}')
    slugs = recorded(api, wrong, ("call_2", *wrong[1:]), tmp_path)
    assert slugs == ["value-changed", "corruption-replayed"]


CARRYING = ["followup", "parallel-results", "twin-results", "error-result"]


@settings(max_examples=25, deadline=None)
@given(case=st.sampled_from(CARRYING).flatmap(conversations), data=st.data())
def test_drawn_conversations_show_a_dropped_result(case: Case, data: st.DataObject) -> None:
    """Right calls pass turn by turn; prose where a result had to be carried on doesn't."""
    api = data.draw(st.sampled_from(APIS))
    replies = []
    for number, turn in enumerate(case.turns):
        calls = [
            (f"call_{number}_{n}", call.tool, json.dumps(call.arguments))
            for n, call in enumerate(turn.expect.calls)
        ]
        replies.append(plain(api, *calls))
        assert judge(case, replies).status == "pass"
    replies[-1] = plain(api, text="The tool answered nothing.")
    assert [f.slug for f in judge(case, replies).findings] == ["tool-result-dropped"]


@pytest.mark.parametrize(
    "words",
    [
        "This model's maximum context length is 8192 tokens. However, you requested 20123 tokens.",
        "prompt is too long: 208310 tokens > 200000 maximum",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "Input is too long for requested model.",
        "the request exceeds the available context size, try increasing it",
        "Please reduce the length of the messages or completion.",
        "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 20000",
    ],
)
def test_a_result_that_is_longer_than_the_window_is_nobodys_fault(words: str) -> None:
    case = next(draw_cases(1, probes=["odd-result"]))
    (call,) = case.turns[0].expect.calls
    first = plain("openai-chat", ("call_1", call.tool, json.dumps(call.arguments)))
    body = json.dumps({"error": {"message": words, "type": "invalid_request_error"}}).encode()
    kind = {"content-type": "application/json"}
    attempt = Attempt(0.0, 0.0, 0.0, 400, kind, ((0.0, body),))
    judged = judge(case, [first, wire_format("openai-chat").read(attempt, stream=False)])
    assert judged.status == "unjudged"
    assert (judged.reason or "").startswith("longer than the model's window: HTTP 400")
