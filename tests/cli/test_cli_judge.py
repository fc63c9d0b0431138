"""``toolfuzz judge``: recorded exchanges of three kinds, bad lines, exit codes, hostile content."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.core.events import CaseDrawn, event_from_json

SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "days": {"type": "integer"},
        "place": {"type": "object"},
        "extra": {"type": ["object", "string"]},
    },
    "required": ["city"],
}
FUNCTION = {"name": "get_weather", "description": "", "parameters": SCHEMA}
CHAT = {
    "model": "m",
    "messages": [{"role": "user", "content": "weather?"}],
    "tools": [{"type": "function", "function": FUNCTION}],
}
PARIS = {"city": "Paris", "days": 3}
EXPECT = {"calls": [{"name": "get_weather", "arguments": PARIS}]}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")


def toolfuzz_(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


def chat(arguments: Any = None, *, finish: str = "tool_calls") -> dict[str, Any]:
    text = json.dumps(PARIS) if arguments is None else arguments
    function = {"name": "get_weather", "arguments": text}
    call = {"id": "call_1", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": "m", "choices": [choice]}


def sse(*pieces: str) -> str:
    opened = {"index": 0, "id": "call_1", "type": "function"}
    deltas = [opened | {"function": {"name": "get_weather", "arguments": ""}}]
    deltas += [{"index": 0, "function": {"arguments": piece}} for piece in pieces]
    choices: list[Any] = [{"index": 0, "delta": {"tool_calls": [d]}} for d in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls"})
    chunks = [{"id": "c", "object": "chat.completion.chunk", "choices": [c]} for c in choices]
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"


def line(response: Any, *, expect: Any = EXPECT, **more: Any) -> dict[str, Any]:
    one = {"id": "1", "format": "openai-chat", "request": CHAT, "response": response, **more}
    return one | ({"expect": expect} if expect is not None else {})


def judged(*lines: Any, args: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Write the lines, judge the file, and return the verdicts."""
    done = run(*lines, args=args)
    assert done.exit_code == 0, done.output
    return [json.loads(text) for text in done.stdout.splitlines()]


def run(*lines: Any, args: tuple[str, ...] = ()) -> Result:
    texts = (one if isinstance(one, str) else json.dumps(one) for one in lines)
    Path("e.jsonl").write_text("\n".join(texts) + "\n", encoding="utf-8", errors="surrogatepass")
    return toolfuzz_("judge", "e.jsonl", *args)


def slugs(verdict: dict[str, Any]) -> list[str]:
    return [f["slug"] for f in verdict["findings"]]


# --- our own format


def test_a_body_as_json_and_as_text_and_a_stream() -> None:
    body = chat('{"city":"Paris","days":"3"}')
    verdicts = judged(
        line({"status": 200, "body": body}),
        line({"status": 200, "body": json.dumps(body)}),
        line({"status": 200, "sse": sse('{"city":"Par', 'is","days":"3"}')}),
        line({"body": chat()}),
    )
    for verdict in verdicts[:3]:
        assert verdict["status"] == "fail"
        (finding,) = verdict["findings"]
        assert finding["slug"] == "number-as-string"
        assert (finding["pointer"], finding["expected"], finding["actual"]) == ("/days", 3, "3")
        assert finding["severity"] == "error"
        assert finding["message"]
    assert (verdicts[3]["status"], verdicts[3]["findings"]) == ("pass", [])


def test_text_that_is_no_json_is_judged_too() -> None:
    (verdict,) = judged(line({"status": 200, "body": "<html>busy</html>"}))
    assert (verdict["status"], slugs(verdict)) == ("fail", ["wire-malformed"])


def test_the_three_wire_formats() -> None:
    responses = {"model": "m", "input": "weather?", "tools": [{"type": "function", **FUNCTION}]}
    item = {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "get_weather"}
    output = [item | {"arguments": '{"city":"Rome","days":3}', "status": "completed"}]
    done = {"id": "r", "object": "response", "status": "completed", "output": output}
    messages = {
        "model": "m",
        "max_tokens": 99,
        "messages": CHAT["messages"],
        "tools": [{"name": "get_weather", "input_schema": SCHEMA}],
    }
    block = {
        "type": "tool_use",
        "id": "t",
        "name": "get_weather",
        "input": PARIS | {"city": "Rome"},
    }
    said = {"id": "m", "type": "message", "role": "assistant", "content": [block]}
    for api, request, body in (
        ("openai-responses", responses, done),
        ("anthropic-messages", messages, said | {"stop_reason": "tool_use"}),
    ):
        exchange = {"request": request, "response": {"body": body}, "expect": EXPECT}
        for guessed in ({"format": api}, {"api": api}, {}):
            (verdict,) = judged(exchange | guessed)
            assert slugs(verdict) == ["value-changed"], api
            assert verdict["id"] == "1"


def test_no_call_was_right() -> None:
    (made,) = judged(line({"body": chat()}, expect={"no_call": True}))
    assert slugs(made) == ["fabricated-call"]


def test_without_expect_only_what_is_proven() -> None:
    right, broken, wrong, maybe = judged(
        line({"body": chat('{"city":"Oslo"}')}, expect=None),
        line({"body": chat('{"city":"Oslo",}')}, expect=None),
        line({"body": chat('{"city":"Oslo","days":"3"}')}, expect=None),
        line({"body": chat('{"city":"Oslo","extra":"{\\"a\\":1}"}')}, expect=None),
    )
    assert (right["status"], right["findings"]) == ("pass", [])
    assert slugs(broken) == ["args-trailing-comma"]
    assert slugs(wrong) == ["number-as-string"]
    # A string is allowed there: whether an object was meant, only the right answer knows.
    assert maybe["status"] == "pass"
    (note,) = maybe["findings"]
    assert (note["slug"], note["severity"]) == ("object-as-json-string", "info")
    assert "can't tell which was meant" in note["message"]


def test_an_http_error_is_nobodys_failure() -> None:
    busy = {"error": {"message": "slow down"}}
    (verdict,) = judged(line({"status": 429, "body": busy}))
    assert verdict["status"] == "unjudged"
    assert verdict["reason"]


# --- bad lines and exit codes


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"request": {}}', "needs the objects `request` and `response`"),
        (line({"body": chat()}, format="grpc"), "unknown wire format 'grpc'"),
        (line({"body": chat()}, format=7), "`format` must be the name"),
        (line({"body": chat(), "status": "200"}), "`response.status` must be"),
        (line({"body": chat()}, expect=[]), "`expect` must be an object"),
        (line({"body": chat()}, expect={"call": []}), "`expect` needs `calls`"),
        (line({"body": chat()}, expect={"calls": [{"name": "f"}]}), "each of `expect.calls`"),
        ({"event": "sneezed"}, "unknown journal event"),
        ('{"event": "case-drawn"}', "case"),
        ({"request": {}, "response": {}}, "neither `body` nor `sse` nor `choices`"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(bad: Any, told: str) -> None:
    done = run(line({"body": chat()}), bad, "", line({"body": chat()}, id="2"))
    assert done.exit_code == 0
    assert "e.jsonl:2: " in done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.output
    assert [json.loads(text)["id"] for text in done.stdout.splitlines()] == ["1", "2"]
    assert "2 pass · 1 bad lines" in done.stderr


def test_nothing_that_could_be_judged() -> None:
    done = run("nonsense")
    assert done.exit_code == 2
    assert "holds nothing that could be judged" in done.stderr
    assert toolfuzz_("judge", "missing.jsonl").exit_code == 2


def test_failures_are_no_error_of_the_command() -> None:
    assert run(line({"body": chat("{}")})).exit_code == 0


# --- options


def test_one_document() -> None:
    done = run(line({"body": chat("{")}), line({"body": chat()}), args=("--json",))
    document = json.loads(done.stdout)
    assert document["summary"]["judged"] == 2
    assert document["summary"]["defects"] == {"args-truncated": 1}
    assert [v["status"] for v in document["verdicts"]] == ["fail", "pass"]


def test_defects_that_are_equally_frequent_stand_by_their_names() -> None:
    wrong = {"city": 5, "days": "3", "zip": 1, "a": None, "b": "</think>"}
    done = run(line({"body": chat(json.dumps(wrong), finish="stop")}), args=("--json",))
    defects = list(json.loads(done.stdout)["summary"]["defects"])
    assert len(defects) > 3 and defects == sorted(defects)


def test_strict_ignore_and_select() -> None:
    odd = line({"body": chat('{"city":"Paris","days":3.0}')})
    bad = line({"body": chat('{"city":"Rome","days":"3"}')})
    (warned,) = judged(odd)
    assert (warned["status"], slugs(warned)) == ("pass", ["integer-as-float"])
    (strict,) = judged(odd, args=("--strict",))
    assert strict["status"] == "fail"
    (both,) = judged(bad)
    assert sorted(slugs(both)) == ["number-as-string", "value-changed"]
    (ignored,) = judged(bad, args=("--ignore", "value-changed"))
    assert slugs(ignored) == ["number-as-string"]
    (selected,) = judged(bad, args=("--select", "B", "--ignore", "number-as-string"))
    assert slugs(selected) == ["value-changed"]
    (nothing,) = judged(bad, args=("--select", "F"))
    assert (nothing["status"], nothing["findings"]) == ("pass", [])
    unknown = run(bad, args=("--ignore", "number-as-sting"))
    assert unknown.exit_code == 2
    assert "number-as-string" in unknown.stderr


def test_the_policy_of_the_configuration_file() -> None:
    Path("toolfuzz.toml").write_text('[judge]\nignore = ["B"]\n')
    (verdict,) = judged(line({"body": chat('{"city":"Paris","days":"3"}')}))
    assert (verdict["status"], verdict["findings"]) == ("pass", [])


# --- hostile content


def test_hostile_content_stays_inside_its_json() -> None:
    evil = "\x1b[2J\u202e\u0000\udc80[red]boo[/red]"
    done = run(
        line({"body": chat(json.dumps({"city": evil, "days": 3}))}, id=evil),
        line({"body": chat()}, format=f"x{evil}"),
    )
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output
    (verdict,) = (json.loads(text) for text in done.stdout.splitlines())
    assert verdict["status"] == "fail"
    assert slugs(verdict)
    assert done.stdout.isascii()


def test_bytes_that_are_not_utf8_spoil_their_own_line() -> None:
    good = json.dumps(line({"body": chat()})).encode()
    Path("e.jsonl").write_bytes(b"\xff\xfe{\n" + good + b"\n" + good[:-9] + b"\xff\n")
    done = toolfuzz_("judge", "e.jsonl")
    assert done.exit_code == 0
    assert "1 pass · 2 bad lines" in done.stderr


# --- journals


def test_a_journal_is_judged_again(tmp_path: Path) -> None:
    model = "fault:args-double-encoded"
    ran = toolfuzz_(
        "run", "-m", f"sim/{model}", "--both-streams", "--cases", "6", "--out", "r", "--quiet"
    )
    assert ran.exit_code == 0, ran.output
    journal = Path("r/run.jsonl").read_text().splitlines()
    first = list(map(json.loads, journal))
    then = {
        (d["case_id"], d["stream"]): [f["slug"] for f in d["findings"]]
        for d in first
        if d.get("event") == "verdict-reached"
    }
    for path in ("r", "r/run.jsonl"):
        done = toolfuzz_("judge", path)
        assert done.exit_code == 0, done.output
        verdicts = [json.loads(text) for text in done.stdout.splitlines()]
        again = {(v["id"].split("/")[0], v["stream"]): slugs(v) for v in verdicts}
        assert again == then
        assert {v["target"] for v in verdicts} == {f"sim/{model}"}


def test_a_streams_plain_twin_is_paired() -> None:
    ran = toolfuzz_(
        *("run", "-m", "sim/fault:stream-nonstream-divergence", "--both-streams"),
        *("--cases", "6", "--probe", "echo", "--out", "r", "--quiet"),
    )
    assert ran.exit_code == 0, ran.output
    verdicts = [json.loads(text) for text in toolfuzz_("judge", "r").stdout.splitlines()]
    diverged = [v for v in verdicts if "stream-nonstream-divergence" in slugs(v)]
    assert diverged
    assert all(v["stream"] for v in diverged)
    # What was asked again, to tell it from chance, is read for their sake alone.
    events = [json.loads(text) for text in Path("r/run.jsonl").read_text().splitlines()]
    found = [e for e in events if e["event"] == "verdict-reached"]
    assert len(verdicts) == len(found) == 12
    assert [slugs(v) for v in verdicts] == [[f["slug"] for f in e["findings"]] for e in found]
    assert sum(e.get("repeat", 0) < 0 for e in events) == 4 * len(diverged)


def test_an_exchange_without_its_case() -> None:
    ran = toolfuzz_("run", "-m", "sim/clean", "--cases", "2", "--out", "r", "--quiet")
    assert ran.exit_code == 0
    lines = [x for x in Path("r/run.jsonl").read_text().splitlines() if "case-drawn" not in x]
    done = run(*lines, line({"body": chat()}))
    assert "stands before this exchange" in done.stderr
    assert done.stdout.count('"pass"') == 1


@pytest.mark.parametrize(
    ("history", "note"),
    [
        ([], "turn 2 is here without turn 1"),
        # As when an agent was observed: its request says what was replied.
        ([{"role": "assistant", "content": "Hm."}, {"role": "user", "content": "Go."}], ""),
    ],
)
def test_a_conversation_that_is_not_whole_is_said_in_one_line(
    history: list[dict[str, Any]], note: str
) -> None:
    """Its replies are judged all the same."""
    ran = toolfuzz_("run", "-m", "sim/clean", "--cases", "1", "--probe", "echo", "--out", "r")
    assert ran.exit_code == 0
    events = [json.loads(text) for text in Path("r/run.jsonl").read_text().splitlines()]
    for event in events:
        if event["event"] == "case-drawn":
            event["turns"] *= 2
            drawn = event_from_json(event)
            assert isinstance(drawn, CaseDrawn)
    for event in events:
        if event["event"] == "exchange-recorded":
            event |= {"turn": 1, "case_id": drawn.case.id}
            event["request"]["messages"] += history
    done = run(*events)
    assert done.exit_code == 0, done.output
    (verdict,) = (json.loads(text) for text in done.stdout.splitlines())
    assert (verdict["status"], verdict.get("note", "")) == ("pass", note)
    assert done.stderr.count("is here without") == bool(note)


def test_a_history_that_does_not_fit_is_said_in_one_line() -> None:
    history = [{"role": "tool", "tool_call_id": "c\n9", "content": "sunny"}]
    odd = CHAT | {"messages": [*CHAT["messages"], *history]}
    refused = {"status": 400, "body": {"error": {"message": "tool messages must follow a call"}}}
    done = run(line(refused, request=odd), line({"body": chat()}, request=odd))
    refusal, reply = (json.loads(text) for text in done.stdout.splitlines())
    assert (refusal["status"], reply["status"]) == ("unjudged", "pass")
    assert (
        refusal["note"]
        == reply["note"]
        == ("the history doesn't fit: the result for c\n9 answers no call")
    )
    assert done.stderr.count("e.jsonl:1: the history doesn't fit") == 1
    assert done.stderr.count("\n") == 3


# --- results of the public vendor verifiers


def test_results_of_the_vendor_verifiers() -> None:
    """One object a line with request and response, merged by the SDK; failed ones carry an error.

    https://github.com/MoonshotAI/K2-Vendor-Verifier
    """
    good = {
        "data_index": 7,
        "request": CHAT,
        "response": chat(),
        "status": "success",
        "finish_reason": "tool_calls",
        "tool_calls_valid": True,
        "hash": "0f",
    }
    bad = good | {"data_index": 8, "response": chat('{"days":"x"}')}
    failed = good | {"data_index": 9, "response": {"error": "timed out"}, "status": "failed"}
    verdicts = judged(good, bad, failed)
    assert [v["id"] for v in verdicts] == ["7", "8", "9"]
    assert [v["status"] for v in verdicts] == ["pass", "fail", "unjudged"]
    assert "missing-required" in slugs(verdicts[1])


def test_half_of_a_surrogate_pair_spoils_its_own_line_alone() -> None:
    half = 'data: {"choices":[{"delta":{"content":"half \ud83d"}}]}\n\n'
    first, second = judged(line({"sse": half}), line({"body": chat()}))
    assert first["status"] == "fail"
    assert second["status"] == "pass"


def test_standard_input() -> None:
    line = json.dumps({"request": CHAT, "response": {"body": chat()}, "expect": EXPECT})
    result = CliRunner().invoke(cli, ["judge", "-"], input=f"{line}\n", prog_name="toolfuzz")
    assert json.loads(result.stdout)["status"] == "pass"
    empty = CliRunner().invoke(cli, ["judge", "-"], input="", prog_name="toolfuzz")
    assert empty.exit_code == 2


EXCHANGE = {"request": CHAT, "response": {"body": chat()}}


def test_a_first_line_that_is_broken_is_a_bad_line(tmp_path: Path) -> None:
    right = json.dumps({**EXCHANGE, "expect": EXPECT})
    (tmp_path / "given").write_text(f'\n{{"request": \n{right}\n')
    result = toolfuzz_("judge", "given")
    assert "given:2: not JSON" in result.stderr
    assert json.loads(result.stdout)["status"] == "pass"


@pytest.mark.parametrize(("asked", "status"), [(True, "pass"), (False, "fail")])
def test_an_event_stream_under_body(tmp_path: Path, asked: bool, status: str) -> None:
    """It is one if a stream was asked for; if none was, the reply is wrong."""
    request = {**CHAT, "stream": asked}
    line = {"request": request, "response": {"body": sse(json.dumps(PARIS))}, "expect": EXPECT}
    (tmp_path / "given").write_text(json.dumps(line))
    assert json.loads(toolfuzz_("judge", "given").stdout)["status"] == status


def test_what_of_a_session_is_not_judged_is_said() -> None:
    lines = [
        {"type": "session_meta", "payload": {}},
        {"type": "response_item", "payload": {"type": "function_call", "name": "f", "call_id": "c",
         "arguments": "{}"}},
    ]  # fmt: skip
    done = run(*lines)
    assert done.exit_code == 0, done.output
    assert "1 of these as Codex kept them, without the bytes" in done.stderr
    assert "calls of tools whose schema isn't here: 1; their arguments" in done.stderr
