"""What users of the official SDKs get: the packages themselves read the bytes."""

import json
from importlib.metadata import version
from random import Random

import pytest
from judge_simulated import simulated
from judge_wire_bytes import APIS, PARIS, WEATHER, case_of, plain_body

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Tool, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.generate import prompts
from toolfuzz.judge.clients import ClientView, client_views, missing_clients

TOOL = Tool(
    "book_room",
    "Books a room.",
    {
        "type": "object",
        "properties": {"guest": {"type": "object"}, "nights": {"type": "integer"}},
        "required": ["guest", "nights"],
    },
)
CALL = ExpectedCall("book_room", {"guest": {"name": "Ada", "age": 36}, "nights": 3})
ASKED = Turn(prompts.render("echo", (TOOL,), [CALL]), Expectation("calls", (CALL,)))
CASE = Case("generated", "echo", (), (TOOL,), (ASKED,))
CELLS = [(api, stream) for api in APIS for stream in (False, True)]


def views(model: str, api: str, stream: bool) -> list[ClientView]:
    attempt = simulated(CASE, api, stream=stream, model=model)
    if model.startswith("fault:"):
        assert attempt.headers["x-toolfuzz-fault"]
    return client_views(attempt, api, stream=stream, case=CASE, turn=0)


def outcomes(model: str, api: str, stream: bool) -> set[str]:
    return {view.outcome for view in views(model, api, stream)}


@pytest.mark.parametrize(("api", "stream"), CELLS)
def test_a_right_reply_is_the_same_call(api: str, stream: bool) -> None:
    for view in views("clean", api, stream):
        assert (view.outcome, view.detail) == ("same", "")
        assert view.calls == (("book_room", CALL.arguments),)


@pytest.mark.parametrize(("api", "stream"), CELLS)
def test_another_value_comes_silently(api: str, stream: bool) -> None:
    for view in views("fault:object-as-json-string", api, stream):
        assert view.outcome == "different"
        ((_, arguments),) = view.calls
        assert isinstance(arguments["guest"], str)


@pytest.mark.parametrize(("api", "stream"), CELLS)
def test_a_lost_call_is_nothing(api: str, stream: bool) -> None:
    assert outcomes("fault:call-in-content", api, stream) == {"nothing"}


@pytest.mark.parametrize(("api", "stream"), [c for c in CELLS if c[0] != "anthropic-messages"])
def test_text_that_does_not_load_is_an_exception(api: str, stream: bool) -> None:
    for view in views("fault:args-trailing-comma", api, stream):
        assert view.outcome == "exception"
        assert view.detail.startswith("JSONDecodeError: ")


def test_anthropic_reads_partial_json_itself() -> None:
    (view,) = views("fault:args-trailing-comma", "anthropic-messages", True)
    assert view.client == f"anthropic {version('anthropic')} stream()"
    assert view.outcome == "exception"
    assert view.detail.startswith("ValueError: Unable to parse tool parameter JSON")


def test_what_the_protocol_got_wrong_may_not_matter() -> None:
    assert outcomes("fault:finish-stop-with-calls", "openai-chat", False) == {"same"}


def test_two_ways_to_read_a_chat_stream_differ() -> None:
    """A name that is repeated in every delta: the helper joins it, the guide's loop doesn't."""
    by_client = {v.client: v.outcome for v in views("fault:name-repeated", "openai-chat", True)}
    name = f"openai {version('openai')}"
    assert by_client == {f"{name} stream()": "different", f"{name} stream=True": "same"}


def attempt(body: bytes, status: int | None = 200, error: str | None = None) -> Attempt:
    headers = {"content-type": "application/json"}
    return Attempt(0.0, None, 0.0, status, headers, ((0.0, body),) if body else (), error)


def test_errors_are_the_sdks_own() -> None:
    refused = b'{"error":{"message":"no such tool","type":"invalid_request_error"}}'
    case = case_of(PARIS)
    for recorded, named in (
        (attempt(refused, 400), "BadRequestError"),
        (attempt(refused, 503), "InternalServerError"),
        (attempt(b"", None, "ConnectError: refused"), "APIConnectionError"),
        (attempt(b'{"choices":', 200, "ReadError: reset"), "APIConnectionError"),
    ):
        (view,) = client_views(recorded, "openai-chat", stream=False, case=case, turn=0)
        assert view.outcome == "exception"
        assert view.detail.split(":")[0] == named


def test_no_call_wanted_and_none_made() -> None:
    case = case_of(kind="no_call")
    for calls, outcome in (((), "same"), ((PARIS,), "different")):
        body = json.dumps(plain_body("openai-chat", *calls, text="hello")).encode()
        (view,) = client_views(attempt(body), "openai-chat", stream=False, case=case, turn=0)
        assert view.outcome == outcome


def test_any_arguments_that_validate() -> None:
    asked = ExpectedCall("get_weather", {"city": "Rome"})
    for raw, outcome in (('{"city":"Oslo"}', "same"), ('{"city":5}', "different")):
        expect = Expectation("calls", (asked,), compare="schema")
        case = Case("generated", "describe", (), (WEATHER,), (Turn((), expect),))
        body = json.dumps(plain_body("openai-chat", ("c", "get_weather", raw))).encode()
        (view,) = client_views(attempt(body), "openai-chat", stream=False, case=case, turn=0)
        assert view.outcome == outcome


def test_nothing_is_said_where_nothing_is_known() -> None:
    body = json.dumps(plain_body("openai-chat", PARIS)).encode()
    unknown = case_of(kind="unknown")
    (view,) = client_views(attempt(body), "openai-chat", stream=False, case=unknown, turn=0)
    assert view.outcome == "unjudged"


@pytest.mark.parametrize(("api", "stream"), CELLS)
def test_no_bytes_make_it_raise(api: str, stream: bool) -> None:
    rng = Random(f"{api}{stream}")
    right = simulated(CASE, api, stream=stream, model="clean")
    for _ in range(40):
        body = bytearray(right.body)
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(body))
            body[at : at + rng.randrange(9)] = rng.choice(
                [b"", b'"', b"null", b"[{", b"\xff", b"9"]
            )
        spoiled = Attempt(0.0, None, 0.0, 200, right.headers, ((0.0, bytes(body)),))
        for view in client_views(spoiled, api, stream=stream, case=CASE, turn=0):
            assert view.outcome in ("same", "different", "nothing", "exception")


def test_an_sdk_that_is_too_old_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What such a version has no word for would pass for an error of the reply."""
    assert missing_clients(["openai-chat", "openai-responses", "anthropic-messages"]) == []
    old = {"openai": "1.91.3", "anthropic": "0.39.0"}
    monkeypatch.setattr(
        "toolfuzz.formats.client_reader._version", lambda name: old.get(name, "99.0")
    )
    missing = missing_clients(["anthropic-messages", "openai-chat", "gemini"])
    assert missing == ["anthropic>=0.40", "openai>=1.92"]
    assert views("clean", "openai-chat", stream=False) == []
