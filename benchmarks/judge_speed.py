"""How fast replies are judged, beside the least that any judge must do.

    python benchmarks/judge_speed.py [--format NAME] [--seconds 1]

For right replies of 1, 10 and 100 kB in every wire format, plain and streamed (pieces of 8
characters, where the format has pieces): the time of decoding and judging, over that of
``json.loads`` on every JSON text in the same bytes and a cached jsonschema validator on the
arguments (aim: at most 4 times). Then two that must stay linear: one argument string of 5 MB, and
100,000 pieces. Exit code 1 when an aim is missed.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from jsonschema import Draft202012Validator

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import WireFormat, format_names, wire_format
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.formats.writing import encode_body
from toolfuzz.judge import reading
from toolfuzz.judge.judge import judge
from toolfuzz.simulate.chunker import pieces

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
_PIECE = 8


@dataclass(frozen=True)
class Right:
    """A right reply: its bytes, the JSON texts in them and, where it is one, the arguments'."""

    format: WireFormat
    stream: bool
    case: Case
    body: bytes
    texts: list[str]
    raw: str | None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--format", action="append", choices=format_names())
    parser.add_argument("--seconds", type=float, default=1.0, help="for each figure")
    given = parser.parse_args()
    missed = []
    for name in given.format or format_names():
        missed += [*ratios(wire_format(name), given.seconds), *linearity(wire_format(name))]
    for aim in missed:
        print(f"missed: {aim}")
    raise SystemExit(1 if missed else 0)


def ratios(format: WireFormat, seconds: float) -> list[str]:
    print(f"{format.name:28} {'replies/s':>10} {'floor/s':>10} {'times':>6}")
    missed = []
    for size in (1_000, 10_000, 100_000):
        for stream in (False, True):
            right = _right(format, _items(size), _PIECE if stream else None)
            ours = _time(partial(_judged, right), seconds)
            floor = _time(partial(_floor, right), seconds)
            name = f"  {size // 1000} kB {'stream' if stream else 'plain'}"
            print(f"{name:28} {1 / ours:10.0f} {1 / floor:10.0f} {ours / floor:6.2f}")
            if ours / floor > AIM:
                missed.append(f"{format.name}{name}: {ours / floor:.1f} times, the aim is {AIM:g}")
    return missed


def linearity(format: WireFormat) -> list[str]:
    missed = []
    long, many = "x" * 5_000_000, "y" * (100_000 * _PIECE)
    for name, text, size in (
        ("  5 MB string, plain", long, None),
        ("  5 MB string, stream", long, 4096),
        ("  100,000 pieces", many, _PIECE),
    ):
        right = _right(format, {"items": [], "text": text}, size)
        began = time.process_time()
        _judged(right)
        took = time.process_time() - began
        print(f"{name:28} {took:6.2f} s")
        if took > AIM_SECONDS:
            missed.append(f"{format.name}{name}: {took:.1f} s, the aim is {AIM_SECONDS:g}")
    return missed


def _right(format: WireFormat, arguments: dict[str, Any], size: int | None) -> Right:
    """One call as an honest server sends it, in pieces of that size or whole (None)."""
    message = Message("user", "Save the items.")
    ask = Ask("m", (TOOL,), (message,), stream=size is not None)
    plan = ReplyPlan(ask, "r1", finish="tool_calls", output_tokens=9, piece_size=size or 1)
    plan.request = format.request(ask).body
    raw = json.dumps(arguments)
    plan.calls = [Call(TOOL.name, arguments, f"{format.traits.id_prefix}abc000001", raw)]
    wire = format.serve(plan, pieces(plan) if size else None)
    if wire.events:
        body = b"".join(format.framing.join(wire.events))
        found = [data for _, data in wire.events if isinstance(data, dict)]
        texts = [encode_body(data).decode() for data in found]
    else:
        body = encode_body(wire.body)
        texts = [body.decode()]
    is_text = format.traits.arguments == "text" or bool(size and format.traits.pieces)
    expect = Expectation("calls", (ExpectedCall(TOOL.name, arguments),))
    case = Case("generated", "echo", (), (TOOL,), (Turn((message,), expect),))
    return Right(format, size is not None, case, body, texts, raw if is_text else None)


def _items(size: int) -> dict[str, Any]:
    one = {"name": "item number 1", "n": 1, "ok": True, "tags": ["a", "b"]}
    return {"items": [one | {"n": n} for n in range(size // len(json.dumps(one)))]}


def _judged(right: Right) -> None:
    # Texts are remembered between the layers of one judgement, not between replies.
    reading.load.cache_clear()
    kind = right.format.framing.content_type if right.stream else "application/json"
    attempt = Attempt(0.0, 0.0, 0.0, 200, {"content-type": kind}, ((0.0, right.body),))
    judgement = judge(right.case, [right.format.read(attempt, stream=right.stream)])
    assert judgement.status == "pass"


def _floor(right: Right) -> None:
    """Load every JSON text once, the arguments among them, and validate those."""
    for text in right.texts:
        json.loads(text)
    asked = right.case.turns[0].expect.calls[0].arguments
    assert _VALIDATOR.is_valid(json.loads(right.raw) if right.raw else asked)


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
