"""How fast replies are judged, beside the least that any judge must do.

python benchmarks/judge_speed.py [--seconds 1]

For right replies of 1, 10 and 100 kB, plain and streamed (deltas of 8 characters): the time of
decoding and judging, over that of ``json.loads`` on the same bytes and a cached jsonschema
validator on the arguments in them (aim: at most 4 times). Then two that must stay linear: one
argument string of 5 MB, and 100,000 deltas. Exit code 1 when an aim is missed.
"""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from jsonschema import Draft202012Validator

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import wire_format
from toolfuzz.judge import reading
from toolfuzz.judge.judge import judge

AIM = 4.0
AIM_SECONDS = 10.0
_ROW = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "n": {"type": "integer", "minimum": 0},
        "ok": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name", "n"],
    "additionalProperties": False,
}
TOOL = Tool(
    "save_items",
    "Saves items.",
    {
        "type": "object",
        "properties": {"items": {"type": "array", "items": _ROW}, "text": {"type": "string"}},
        "required": ["items"],
    },
)
_VALIDATOR = Draft202012Validator(TOOL.parameters)
_DELTA = 8


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=1.0, help="for each figure")
    given = parser.parse_args()
    missed = [*ratios(given.seconds), *linearity()]
    for aim in missed:
        print(f"missed: {aim}")
    raise SystemExit(1 if missed else 0)


def ratios(seconds: float) -> list[str]:
    print(f"{'':18} {'replies/s':>10} {'floor/s':>10} {'times':>6}")
    missed = []
    for size in (1_000, 10_000, 100_000):
        case, raw = _case(_items(size))
        for stream in (False, True):
            body = streamed(raw, _DELTA) if stream else plain(raw)
            ours = _time(partial(_judged, case, body, stream=stream), seconds)
            floor = _time(partial(_floor, body, stream=stream), seconds)
            name = f"{size // 1000} kB {'stream' if stream else 'plain'}"
            print(f"{name:18} {1 / ours:10.0f} {1 / floor:10.0f} {ours / floor:6.2f}")
            if ours / floor > AIM:
                missed.append(f"{name}: {ours / floor:.1f} times, the aim is {AIM:g}")
    return missed


def linearity() -> list[str]:
    missed = []
    long, many = "x" * 5_000_000, "y" * (100_000 * _DELTA)
    for name, text, stream, step in (
        ("5 MB string, plain", long, False, 0),
        ("5 MB string, stream", long, True, 4096),
        ("100,000 deltas", many, True, _DELTA),
    ):
        case, raw = _case({"items": [], "text": text})
        body = streamed(raw, step) if stream else plain(raw)
        began = time.process_time()
        _judged(case, body, stream=stream)
        took = time.process_time() - began
        print(f"{name:20} {took:6.2f} s")
        if took > AIM_SECONDS:
            missed.append(f"{name}: {took:.1f} s, the aim is {AIM_SECONDS:g}")
    return missed


def plain(raw: str) -> bytes:
    """A chat completion with one call."""
    function = {"name": TOOL.name, "arguments": raw}
    call = {"id": "call_1", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return json.dumps({"id": "c", "object": "chat.completion", "choices": [choice]}).encode()


def streamed(raw: str, step: int) -> bytes:
    """The same as a stream of deltas."""
    opened = {"index": 0, "id": "call_1", "type": "function"}
    calls: list[dict[str, Any]] = [opened | {"function": {"name": TOOL.name, "arguments": ""}}]
    calls += [
        {"index": 0, "function": {"arguments": raw[n : n + step]}} for n in range(0, len(raw), step)
    ]
    choices: list[dict[str, Any]] = [
        {"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None} for call in calls
    ]
    choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls"})
    chunks = (
        {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [c]}
        for c in choices
    )
    return b"".join(b"data: %s\n\n" % json.dumps(c).encode() for c in chunks) + b"data: [DONE]\n\n"


def _items(size: int) -> dict[str, Any]:
    one = {"name": "item number 1", "n": 1, "ok": True, "tags": ["a", "b"]}
    return {"items": [one | {"n": n} for n in range(size // len(json.dumps(one)))]}


def _case(arguments: dict[str, Any]) -> tuple[Case, str]:
    expect = Expectation("calls", (ExpectedCall(TOOL.name, arguments),))
    turn = Turn((Message("user", "Save the items."),), expect)
    return Case("generated", "echo", (), (TOOL,), (turn,)), json.dumps(arguments)


def _judged(case: Case, body: bytes, *, stream: bool) -> None:
    # Texts are remembered between the layers of one judgement, not between replies.
    reading.load.cache_clear()
    attempt = Attempt(0.0, 0.0, 0.0, 200, {}, ((0.0, body),))
    judgement = judge(case, [wire_format("openai-chat").read(attempt, stream=stream)])
    assert judgement.status == "pass"


def _floor(body: bytes, *, stream: bool) -> None:
    """Load every JSON text in the bytes once, join, load the arguments, validate."""
    if stream:
        pieces = []
        for line in body.split(b"\n\n")[:-2]:
            for choice in json.loads(line[6:])["choices"]:
                for call in choice["delta"].get("tool_calls", ()):
                    pieces.append(call["function"]["arguments"])
        raw = "".join(pieces)
    else:
        call = json.loads(body)["choices"][0]["message"]["tool_calls"][0]
        raw = call["function"]["arguments"]
    assert _VALIDATOR.is_valid(json.loads(raw))


def _time(function: Callable[[], None], seconds: float) -> float:
    """Return the processor time of one call, the best of five rounds."""
    function()
    best = float("inf")
    for _ in range(5):
        count, began = 0, time.process_time()
        while time.process_time() - began < seconds / 5:
            function()
            count += 1
        best = min(best, (time.process_time() - began) / count)
    return best


if __name__ == "__main__":
    main()
