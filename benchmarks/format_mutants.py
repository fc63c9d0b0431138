"""Clean replies of every format, what is left of them after one small accident, and the referees.

The accidents: an event dropped, doubled or swapped with the next; a field of an event or a body
deleted, set to null, to another type, to another value; the last blank line lost. The referees are
the official SDKs: one breaks when it raises or hands out other calls than were asked for.
"""

import copy
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.formats import WireFormat
from toolfuzz.formats.plan import Call, ReplyPlan, Wire
from toolfuzz.formats.writing import encode_body
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.simulate.chunker import pieces

STRING = {"type": "string"}
TOOLS = (
    Tool(
        "get_weather",
        "The weather.",
        {"type": "object", "properties": {"city": STRING, "days": {"type": "integer"}},
         "required": ["city"]},
    ),
    Tool("list_files", "Files.", {"type": "object", "properties": {}}),
)  # fmt: skip
PARIS = ("get_weather", {"city": "Paris", "days": 3})
OSLO = ("get_weather", {"city": "Oslo"})
FILES = ("list_files", {})
# name, text, reasoning, calls
SITUATIONS = (
    ("one call", "", "", (PARIS,)),
    ("two calls", "", "", (PARIS, OSLO)),
    ("text and a call", "Let me see.", "", (OSLO,)),
    ("reasoning and a call", "", "They ask for files.", (FILES,)),
    ("no call", "No tool is needed for that.", "", ()),
)


@dataclass(frozen=True)
class Clean:
    """A faultless reply, plain or streamed, and the case that it answers."""

    name: str
    stream: bool
    case: Case
    wire: Wire


@dataclass(frozen=True)
class Mutant:
    """``what`` was done to a clean reply; ``body`` is what is left of it."""

    clean: Clean
    what: str
    body: bytes

    def attempt(self, format: WireFormat) -> Attempt:
        kind = format.framing.content_type if self.clean.stream else "application/json"
        return Attempt(0.0, 0.0, 0.0, 200, {"content-type": kind}, ((0.0, self.body),))


def clean_replies(format: WireFormat) -> list[Clean]:
    return [
        _clean(format, situation, stream) for situation in SITUATIONS for stream in (False, True)
    ]


def _clean(format: WireFormat, situation: Any, stream: bool) -> Clean:
    name, text, reasoning, called = situation
    expected = tuple(ExpectedCall(tool, arguments) for tool, arguments in called)
    expect = Expectation("calls" if called else "no_call", expected)
    case = Case("generated", "echo", (), TOOLS, (Turn((Message("user", "…"),), expect),))
    ask = Ask("m", TOOLS, (Message("user", "…"),), stream=stream)
    plan = ReplyPlan(ask, "r1", text=text, reasoning=reasoning, output_tokens=9, piece_size=8)
    plan.request = format.request(ask).body
    for n, (tool, arguments) in enumerate(called):
        raw = json.dumps(arguments, separators=(",", ":"))
        plan.calls.append(Call(tool, arguments, f"{format.traits.id_prefix}abc{n:06d}", raw))
    plan.finish = "tool_calls" if called else "stop"
    wire = format.serve(plan, pieces(plan) if stream else None)
    # What stands in a body as raw text is taken as the value that it spells.
    body = json.loads(encode_body(wire.body)) if not stream else {}
    return Clean(name, stream, case, Wire(body, wire.events))


def judged(format: WireFormat, mutant: Mutant) -> Judgement:
    reply = format.read(mutant.attempt(format), stream=mutant.clean.stream)
    return judge(mutant.clean.case, [reply])


def broken(format: WireFormat, mutant: Mutant) -> list[str]:
    """What each SDK that breaks does: the name of its exception, or ``other calls``."""
    expected = mutant.clean.case.turns[0].expect.calls
    right = sorted(f"{call.tool} {canonical(call.arguments)}" for call in expected)
    found = []
    for reader in format.clients:
        if reader.stream != mutant.clean.stream:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                calls = [(name, value) for name, value in reader.read(mutant.attempt(format))]
            if sorted(f"{name} {canonical(value)}" for name, value in calls) != right:
                found.append("other calls")
        except Exception as error:
            found.append(type(error).__name__)
    return found


def sample(found: Sequence[Mutant], size: int) -> list[Mutant]:
    """Return ``size`` of the mutants, the same in every run."""
    return sorted(found, key=lambda m: blake2b(m.body + m.what.encode()).digest())[:size]


def whole(format: WireFormat, clean: Clean) -> Mutant:
    return Mutant(clean, "nothing", _bytes(format, clean.wire))


def mutants(format: WireFormat) -> Iterator[Mutant]:
    """Each clean reply with one event dropped, doubled or swapped, or one field changed."""
    for clean in clean_replies(format):
        seen = {_bytes(format, clean.wire)}
        for what, wire in [*_events_moved(clean.wire), *_fields_changed(clean.wire)]:
            body = _bytes(format, wire)
            if body not in seen:
                seen.add(body)
                yield Mutant(clean, what, body)
        if clean.stream and format.framing.name == "sse":
            yield Mutant(clean, "no blank line at the end", _bytes(format, clean.wire)[:-1])


def _bytes(format: WireFormat, wire: Wire) -> bytes:
    return b"".join(format.framing.join(wire.events)) if wire.events else encode_body(wire.body)


def _label(event: Any) -> str:
    name, data = event
    if isinstance(data, str):
        return data
    return str(name or data.get("type") or ",".join(data))


def _events_moved(wire: Wire) -> Iterator[tuple[str, Wire]]:
    events = wire.events
    for n, event in enumerate(events):
        label = f"{n} {_label(event)}"
        if len(events) > 1:
            yield f"drop {label}", Wire(events=events[:n] + events[n + 1 :])
        yield f"double {label}", Wire(events=events[: n + 1] + events[n:])
        if n + 1 < len(events):
            swapped = [*events[:n], events[n + 1], event, *events[n + 2 :]]
            yield f"swap {label} and {_label(events[n + 1])}", Wire(events=swapped)


def _fields_changed(wire: Wire) -> Iterator[tuple[str, Wire]]:
    holders = wire.events or [(None, wire.body)]
    for n, (name, data) in enumerate(holders):
        if not isinstance(data, dict):
            continue
        for path in _paths(data):
            at = "/".join(map(str, path))
            for how, changed in _changes(data, path):
                what = f"{how} {at} of {n} {_label((name, data))}"
                if wire.events:
                    yield what, Wire(events=[*holders[:n], (name, changed), *holders[n + 1 :]])
                else:
                    yield what, Wire(changed)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from _paths(inner, (*path, key))


def _changes(data: dict[str, Any], path: tuple[Any, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    changed = copy.deepcopy(data)
    holder, key = _holder(changed, path)
    del holder[key]
    yield "delete", changed
    value = _holder(data, path)
    old = value[0][value[1]]
    for how, new in (("null", None), ("type of", _other_type(old)), ("value of", _other(old))):
        if new is not old:
            changed = copy.deepcopy(data)
            holder, key = _holder(changed, path)
            holder[key] = new
            yield how, changed


def _holder(data: Any, path: tuple[Any, ...]) -> tuple[Any, Any]:
    for key in path[:-1]:
        data = data[key]
    return data, path[-1]


def _other_type(value: Any) -> Any:
    match value:
        case str():
            return {"text": value}
        case bool() | int() | float() | None:
            return "7"
        case list():
            return {}
        case _:
            return []


def _other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return value + "x"
        case _:
            return value
