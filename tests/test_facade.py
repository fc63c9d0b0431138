"""The public functions: typed, and each does what the command of its name does."""

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from click import Context

import toolfuzz
from toolfuzz.cli import cli
from toolfuzz.runs.access import Access
from toolfuzz.runs.check_options import beside
from toolfuzz.runs.options import Options

REQUEST = {
    "model": "m",
    "messages": [{"role": "user", "content": "Save 1."}],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "save",
                "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}},
            },
        }
    ],
}
EXPECT = {"calls": [{"name": "save", "arguments": {"n": 1}}]}


def reply(arguments: str) -> dict[str, object]:
    function = {"name": "save", "arguments": arguments}
    call = {"id": "call_1", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    head = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
    return {**head, "choices": [choice]}


@pytest.mark.parametrize(
    "name", sorted(n for n in toolfuzz.__all__ if inspect.isfunction(getattr(toolfuzz, n)))
)
def test_every_function_is_typed_and_says_what_it_does(name: str) -> None:
    function = getattr(toolfuzz, name)
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    parameters = signature.parameters.values()
    assert all(p.annotation is not inspect.Parameter.empty for p in parameters)
    assert "errors" in function.__doc__ or name == "arun"


def test_importing_it_costs_nothing() -> None:
    heavy = ("hypothesis", "httpx", "pydantic", "scipy")
    code = f"import sys, toolfuzz; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_reply_is_judged() -> None:
    right = toolfuzz.judge(REQUEST, reply('{"n": 1}'), expect=EXPECT)
    assert (right.status, right.findings) == ("pass", ())
    wrong = toolfuzz.judge(REQUEST, reply('{"n": "1"}'), expect=EXPECT)
    assert [f.slug for f in wrong.findings] == ["number-as-string"]
    text = toolfuzz.judge(REQUEST, "data: [DONE]\n\n", stream=True, format="openai-chat")
    assert text.status == "fail"
    with pytest.raises(toolfuzz.errors.UsageError, match="unknown wire format"):
        toolfuzz.judge(REQUEST, {}, format="openai-chatter")


def test_how_strict_to_be_can_be_said() -> None:
    drifted = reply('{"n": 1.0}')
    assert toolfuzz.judge(REQUEST, drifted, expect=EXPECT).status == "pass"
    assert toolfuzz.judge(REQUEST, drifted, expect=EXPECT, strict=True).status == "fail"
    wrong = reply('{"n": "1"}')
    assert toolfuzz.judge(REQUEST, wrong, ignore="number-as-string").status == "pass"
    assert toolfuzz.judge(REQUEST, wrong, select=["object-as-json-string"]).findings == ()
    with pytest.raises(toolfuzz.UsageError, match="no defect or group"):
        toolfuzz.judge(REQUEST, wrong, ignore="number-as-strin")


def test_a_baseline_is_asked_at_its_own_place_and_in_the_same_way(tmp_path: Path) -> None:
    with toolfuzz.serve() as candidate, toolfuzz.serve() as server:
        checked = toolfuzz.check(
            "new",
            "old",
            base_url=candidate.url,
            baseline_url=server.url,
            stream="stream",
            params={"temperature": 0},
            cases=20,
            margin=0.3,
            out=tmp_path / "check",
        )
        assert checked.outcome == "PASS"
        asked = [request for request in server.requests if request.body.get("tools")]
    assert asked and all(r.body["stream"] and r.body["temperature"] == 0 for r in asked)
    # A candidate's headers may hold its credentials.
    assert not beside(Access(headers={"x-key": "its own"}), base_url=server.url).headers


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "nothing to check against"),
        ({"accept": 0.99}, "belong together"),
        ({"accept": 0.9, "reject": 0.95}, "--accept 0.9"),
        ({"accept": 0.99, "reject": 0.9, "baseline": "x"}, "two different checks"),
    ],
)
def test_a_check_of_nothing_is_said(options: dict[str, Any], told: str) -> None:
    with pytest.raises(toolfuzz.UsageError, match=told):
        toolfuzz.check("sim/clean", **options)


def test_a_model_can_be_judged_by_itself(tmp_path: Path) -> None:
    checked = toolfuzz.check("sim/clean", accept=0.95, reject=0.6, out=tmp_path / "check")
    assert (checked.outcome, len(checked.targets)) == ("ACCEPT", 1)


_SHOWN = {"as_json", "quiet", "reports"}
_ONLY_A_COMMAND = {
    "check": _SHOWN | {"inconclusive"},
    "run": _SHOWN
    | {"fail_under", "inconclusive", "resume", "trust", "dry_run", "command", "minimize"},
}


@pytest.mark.parametrize("name", ["check", "run"])
def test_what_a_command_can_be_told_can_be_said_from_python(name: str) -> None:
    command = cli.get_command(Context(cli), name)
    assert command is not None
    flags = {str(parameter.name) for parameter in command.params} - _ONLY_A_COMMAND[name]
    own = inspect.signature(getattr(toolfuzz, name)).parameters
    known = {*get_type_hints(Options), *own, "models"}
    assert flags - known == set(), "else docs/python.md says that it is none of Python's"
