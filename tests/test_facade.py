"""The public functions: typed, and each does what the command of its name does."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import toolfuzz

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


@pytest.mark.parametrize("name", sorted(set(toolfuzz.__all__) - {"__version__", "errors"}))
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
    right = toolfuzz.judge_reply(REQUEST, reply('{"n": 1}'), expect=EXPECT)
    assert (right.status, right.findings) == ("pass", ())
    wrong = toolfuzz.judge_reply(REQUEST, reply('{"n": "1"}'), expect=EXPECT)
    assert [f.slug for f in wrong.findings] == ["number-as-string"]
    text = toolfuzz.judge_reply(REQUEST, "data: [DONE]\n\n", stream=True, format="openai-chat")
    assert text.status == "fail"
    with pytest.raises(toolfuzz.errors.UsageError, match="unknown wire format"):
        toolfuzz.judge_reply(REQUEST, {}, format="openai-chatter")


def test_run_load_compare_and_check(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    summary = toolfuzz.run("sim/clean", cases=12, out=good)
    assert (summary["targets"][0]["passed"], summary["folder"]) == (12, str(good))
    toolfuzz.run(["sim/glm-4.7"], cases=12, out=str(bad))
    run = toolfuzz.load(good)
    assert len(run.verdicts) == len(run.exchanges) == 12
    compared = toolfuzz.compare(good, bad)
    assert [row["target"] for row in compared["rows"]] == ["sim/clean", "sim/glm-4.7"]
    checked = toolfuzz.check("sim/clean", "sim/clean", cases=20, margin=0.3, out=tmp_path / "c")
    assert checked["check"]["outcome"] == "PASS"
    with pytest.raises(toolfuzz.errors.UsageError, match="unknown option: case"):
        toolfuzz.run("sim/clean", case=3)  # type: ignore[call-arg]
