"""Recorded exchanges that belong to one conversation, in every wire format."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from toolfuzz.core.ask import Answered, Ask, Called, Said, ToolResult
from toolfuzz.core.case import JsonObject, Message, Tool
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats import format_names, wire_format
from toolfuzz.formats.history import misfit
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.formats.writing import encode_body
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.recorded import BadEntry
from toolfuzz.runs.offline import Judged, judge_file

TOOL = Tool(
    "get_weather", "", {"type": "object", "properties": {"city": {"type": "string"}}}, False
)
FIRST, SECOND = Message("user", "Paris?"), Message("user", "And Rome?")
FORMATS = format_names()
WITH_IDS = [name for name in FORMATS if wire_format(name).traits.ids]


def call(id: str, city: str = "Paris") -> ToolCall:
    return ToolCall(id, TOOL.name, json.dumps({"city": city}))


def replied(*calls: ToolCall) -> Called:
    return Called(Reply("", False, 200, calls=calls))


def results(*ids: str | None) -> Answered:
    return Answered(tuple(ToolResult(id, TOOL.name, "sunny") for id in ids))


def request(format: str, *said: Said) -> JsonObject:
    ask = Ask("m", (TOOL,), said, max_tokens=99)
    return wire_format(format).request(ask).body


def line(
    format: str, said: Sequence[Said], *calls: ToolCall, id: str = "1", **more: Any
) -> JsonObject:
    """An exchange with the reply that a server of the format sends."""
    plan = ReplyPlan(Ask("m", (TOOL,), tuple(said)), "r1", finish="tool_calls")
    raws = [c.arguments_raw or "" for c in calls]
    plan.calls = [
        Call(c.name, json.loads(raw), c.id, raw) for c, raw in zip(calls, raws, strict=True)
    ]
    served = encode_body(wire_format(format).serve(plan).body).decode()
    response = more.pop("response", {"body": served})
    body = request(format, *said)
    return {"id": id, "format": format, "request": body, "response": response, **more}


def judged(tmp_path: Path, *lines: JsonObject) -> list[Judged]:
    path = tmp_path / "e.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    found = list(judge_file(path, Policy()))
    assert not any(isinstance(one, BadEntry) for one in found)
    return [one for one in found if isinstance(one, Judged)]


def slugs(one: Judged) -> list[str]:
    return [f.slug for f in one.judgement.findings]


REFUSED = {
    "status": 400,
    "body": {"error": {"message": "No tool call found for function call output with call_id c."}},
}
TWO_TURNS = (FIRST, replied(call("call_1")), results("call_1"), SECOND)


@pytest.mark.parametrize("format", FORMATS)
def test_the_turn_is_that_of_the_requests_own_history(format: str, tmp_path: Path) -> None:
    first, second = judged(
        tmp_path,
        line(format, [FIRST], response=REFUSED),
        line(format, TWO_TURNS, response=REFUSED),
    )
    assert first.judgement.status == "unjudged"
    assert (slugs(second), second.recorded.note) == (["id-rewritten"], "")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("said", "note"),
    [
        ((FIRST, replied(call("a")), SECOND), "the call a has no result"),
        ((FIRST, results("b"), SECOND), "the result for b answers no call"),
        ((FIRST, replied(call("a"), call("b")), results("a"), SECOND), "has no result"),
        ((FIRST, replied(call("a")), SECOND, results("a")), "the call a has no result"),
        ((FIRST, replied(call("a"))), "the call a has no result"),
    ],
)
def test_a_history_that_does_not_pair_is_refused_rightly(
    format: str, said: Sequence[Said], note: str, tmp_path: Path
) -> None:
    """The server is right to refuse it; the reply to one that it takes is judged as any other."""
    refused, taken = judged(
        tmp_path,
        line(format, said, response=REFUSED),
        line(format, said, call("z", "Rome"), expect={"no_call": True}),
    )
    if wire_format(format).traits.ids:
        assert note in refused.recorded.note
    assert refused.recorded.note.startswith("the history doesn't fit: ")
    assert refused.judgement.status == "unjudged"
    assert str(refused.judgement.reason).startswith("the history that was sent doesn't fit: ")
    assert slugs(taken) == ["fabricated-call"]


def test_right_histories_fit() -> None:
    two = (replied(call("a"), call("b")), results("b", "a"))
    for said in (
        (FIRST,),
        TWO_TURNS,
        (FIRST, *two),
        (FIRST, *two, *two, SECOND),
        (FIRST, Called(Reply("", False, 200, text="Hm.")), SECOND),
        (FIRST, replied(ToolCall(None, "f", "{}")), results(None)),
    ):
        assert misfit(Ask(said=said)) is None
    assert misfit(Ask(said=(FIRST, replied(call("a")), results("a", "a")))) is not None


@pytest.mark.parametrize("format", WITH_IDS)
def test_what_was_really_answered_is_known(format: str, tmp_path: Path) -> None:
    """The endpoint gives its ids out again; the client has made them unique in the history."""
    renamed = (FIRST, replied(call("call_1_of_turn_1")), results("call_1_of_turn_1"), SECOND)
    first, second = judged(
        tmp_path, line(format, [FIRST], call("call_0")), line(format, renamed, call("call_0"))
    )
    assert (slugs(first), slugs(second)) == ([], ["id-reused-across-turns"])
    assert second.recorded.note == (
        "the history that was sent is not what was answered: "
        "the id 'call_1_of_turn_1' instead of 'call_0'"
    )
    (alone,) = judged(tmp_path, line(format, renamed, call("call_0")))
    assert (slugs(alone), alone.recorded.note) == ([], "")


@pytest.mark.parametrize("format", FORMATS)
def test_a_refusal_of_a_history_that_the_client_changed(format: str, tmp_path: Path) -> None:
    twice = (FIRST, replied(call("a"), call("b")), results("a", "b"), SECOND)
    _, second = judged(
        tmp_path, line(format, [FIRST], call("a")), line(format, twice, response=REFUSED)
    )
    assert second.judgement.status == "unjudged"
    assert "2 calls instead of 1" in str(second.judgement.reason)


@pytest.mark.parametrize("format", FORMATS)
def test_a_service_that_keeps_the_conversation_is_sent_results_alone(
    format: str, tmp_path: Path
) -> None:
    """Exchanges with one id belong together; the results answer the calls of the one before."""
    expect = {"calls": [{"name": TOOL.name, "arguments": {"city": "Rome"}}]}
    begun, refused, erased, other = judged(
        tmp_path,
        line(format, [FIRST], call("a")),
        line(format, [results("a"), SECOND], response=REFUSED),
        line(format, [FIRST], call("b"), id="2"),
        line(format, [results("x"), SECOND], response=REFUSED, id="3"),
    )
    assert (slugs(begun), slugs(erased)) == ([], [])
    assert (slugs(refused), refused.recorded.note) == (["id-rewritten"], "")
    assert other.judgement.status == "unjudged"
    empty = ToolCall("c", TOOL.name, "{}")
    _, again = judged(
        tmp_path,
        line(format, [FIRST], call("b")),
        line(format, [results("b"), SECOND], empty, expect=expect),
    )
    assert slugs(again) == ["history-args-erased"]


def test_a_request_that_goes_on_from_a_named_reply(tmp_path: Path) -> None:
    """Whatever the exchange's id; and of one that isn't in the file nobody can be blamed."""
    api = "openai-responses"
    begun = line(api, [FIRST], call("a"))
    named = {"previous_response_id": json.loads(begun["response"]["body"])["id"]}
    gone = {"error": {"message": f"Previous response with id '{named}' not found."}}
    on = line(api, [results("a"), SECOND], id="2", response={"status": 400, "body": gone})
    on["request"] |= named
    (lost,) = judged(tmp_path, on)
    assert lost.judgement.status == "unjudged"
    assert lost.recorded.note == "what the request goes on from is not in this file"
    _, found = judged(tmp_path, begun, on)
    assert (slugs(found), found.recorded.note) == (["id-rewritten"], "")
    other = line(api, [SECOND], call("a"), id="3")
    other["request"] |= named
    _, unanswered = judged(tmp_path, begun, other)
    assert slugs(unanswered) == ["id-reused-across-turns"]
    assert unanswered.recorded.note == "the call a has no result"


def test_a_thread_keeps_the_tools_that_were_offered_first(tmp_path: Path) -> None:
    """As the tool runner of Anthropic's SDK asks: on from a message, and without tools."""
    api = "anthropic-messages"
    begun = line(api, [FIRST], call("a"))
    on = line(api, [results("a"), SECOND], ToolCall("b", TOOL.name, '{"city": 5}'))
    message_id = json.loads(begun["response"]["body"])["id"]
    del on["request"]["tools"]
    on["request"]["thread"] = {"type": "continue", "previous_message_id": message_id}
    _, found = judged(tmp_path, begun, on)
    assert (slugs(found), found.recorded.note) == (["string-as-scalar"], "")
    path = tmp_path / "lost.jsonl"
    path.write_text(json.dumps(on))
    (lost,) = judge_file(path, Policy())
    assert isinstance(lost, BadEntry) and "and so are its tools" in lost.reason


def test_equal_questions_are_told_apart_by_their_answers(tmp_path: Path) -> None:
    """Of many exchanges that ask the same, the one whose calls the history holds is meant."""
    many = [line("openai-chat", [FIRST], call(f"c{n}"), id=str(n)) for n in range(30)]
    later = (FIRST, replied(call("c29")), results("c29"), SECOND)
    lost = (FIRST, replied(call("other")), results("other"), SECOND)
    *_, right, unknown = judged(
        tmp_path,
        *many,
        line("openai-chat", later, call("c29"), id="x"),
        line("openai-chat", lost, call("c29"), id="y"),
    )
    assert (slugs(right), right.recorded.note) == (["id-reused-across-turns"], "")
    assert (slugs(unknown), unknown.recorded.note) == ([], "")


def test_metadata_that_the_client_left_out_is_named(tmp_path: Path) -> None:
    """Whatever the exchange's id: the calls are those that were answered."""
    part = {"functionCall": {"name": TOOL.name, "args": {"city": "Paris"}}}
    signed = {"parts": [part | {"thoughtSignature": "c2ln"}], "role": "model"}
    body = {"candidates": [{"content": signed, "finishReason": "STOP"}]}
    refusal = {"status": 400, "body": {"error": {"message": "missing a thought_signature"}}}
    said = (FIRST, replied(ToolCall(None, TOOL.name, '{"city": "Paris"}')), results(None), SECOND)
    _, second = judged(
        tmp_path,
        line("gemini", [FIRST], id="1", response={"body": body}),
        line("gemini", said, id="2", response=refusal),
    )
    assert slugs(second) == ["opaque-metadata-required"]
    assert second.recorded.note.endswith("what came with the call of 'get_weather' is left out")


def test_a_history_in_another_wire_format_is_named(tmp_path: Path) -> None:
    for named in FORMATS:
        for written in FORMATS:
            one = line(written, TWO_TURNS, response={"status": 400, "body": "no"})
            (found,) = judged(tmp_path, one | {"format": named})
            if named == written:
                assert found.recorded.note == ""
            else:
                assert named in found.recorded.note
                assert "\n" not in found.recorded.note
    empty = {"format": "openai-chat", "request": {}, "response": {"body": {}}}
    assert (
        judged(tmp_path, empty)[0].recorded.note
        == "the request holds nothing that openai-chat can say"
    )
