"""Every conversation is answered right in every format, and what must come back is missed."""

from dataclasses import replace

import pytest
from msgspec import structs

from toolfuzz.core.case import Case
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.talk import play
from toolfuzz.formats import CannotAskError, Request, WireFormat, format_names, wire_format
from toolfuzz.formats.writing import encode_body
from toolfuzz.generate import draw_cases
from toolfuzz.generate.conversations import all_conversations
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile
from toolfuzz.simulate.question import read_question

USUAL = [name for name, probe in all_conversations().items() if probe.share]
CASES = [case for name in USUAL for case in draw_cases(3, probes=[name], seed=3)]


def put(format: WireFormat, request: Request, profile: str, stream: bool) -> Attempt:
    question = read_question(format, request.body, path=request.path)
    # As over HTTP: another request, other ids.
    seed = encode_body(request.body).hex()
    outcome = respond(question, check_profile(profile), seed)
    if outcome.reply.refusal:
        content, status = encode_body(outcome.wire.body), outcome.reply.refusal.status
    else:
        content, status = b"".join(format.framing.join(outcome.wire.events)), 200
        content = content if stream else encode_body(outcome.wire.body)
    kind = format.framing.content_type if stream and status == 200 else "application/json"
    return Attempt(0.0, 0.0, 0.0, status, {"content-type": kind}, ((0.0, content),))


def held(
    case: Case, name: str, profile: str, stream: bool, *, forgetful: bool = False
) -> list[Judgement]:
    """Hold a conversation; one that is ``forgetful`` sends calls back without what was beside."""
    format, talk = wire_format(name), play(case)
    judged: list[Judgement] = []
    while talk.turn is not None:
        request = format.request(talk.ask(model="m", stream=stream))
        attempt = put(format, request, profile, stream)
        reply = format.read(attempt, stream=stream)
        judged.append(judge(case, [*talk.replies, reply]))
        if forgetful:
            said = judged[-1].reply
            calls = tuple(structs.replace(call, extra=None) for call in said.calls)
            bare = structs.replace(said, reasoning="", extra=(), places=(), calls=calls)
            judged[-1] = replace(judged[-1], reply=bare)
        talk.answer(judged[-1])
    return judged


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", format_names())
@pytest.mark.parametrize("profile", ["clean", "thinking", "legal-variations"])
def test_a_faultless_endpoint_passes_every_conversation(
    profile: str, name: str, stream: bool
) -> None:
    for case in CASES:
        judged = held(case, name, profile, stream)
        assert len(judged) == len(case.turns)
        assert [one.findings for one in judged if one.status != "pass"] == []


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", format_names())
def test_thinking_that_does_not_come_back_is_missed(name: str, stream: bool) -> None:
    case = next(case for case in CASES if case.probe == "followup")
    judged = held(case, name, "thinking", stream, forgetful=True)
    assert judged[1].reply.status == 400
    assert "must be passed back" in str(judged[1].reply.error)


def test_every_reader_knows_its_own_words_alone() -> None:
    for case in CASES:
        ask = play(case).ask(model="m")
        read = [n for n in USUAL if (r := all_conversations()[n].read) and r(ask) is not None]
        assert read == ([] if case.probe == "after-prose" else [case.probe])


def test_a_server_remembers_in_one_format_alone() -> None:
    (case,) = draw_cases(1, probes=["remembered"])
    told = []
    for name in format_names():
        try:
            wire_format(name).request(play(case).ask(model="m"))
        except CannotAskError:
            told.append(name)
    assert sorted({*format_names()} - {*told}) == ["openai-responses"]
