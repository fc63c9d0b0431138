"""The public functions: typed, and each does what the command of its name does."""

import inspect
import subprocess
import sys

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
