"""What every wire format must hold, whatever it is called: one test a promise of the protocol."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import structs

import toolfuzz
from toolfuzz import formats
from toolfuzz.core import json as strictjson
from toolfuzz.core.ask import Answered, Ask, Called, ToolResult
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats import CannotAskError, WireFormat, format_names, guess, wire_format
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.formats.writing import encode_body
from toolfuzz.judge.clients import client_views
from toolfuzz.judge.judge import judge
from toolfuzz.judge.strays import stray_markers
from toolfuzz.simulate.chunker import pieces
from toolfuzz.simulate.faults import faults
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile
from toolfuzz.simulate.question import read_question

PACKAGE = Path(toolfuzz.__file__).parent
NAMES = format_names()
some = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
# A bare marker of a model, like <A00|>, is what no sentence says.
SAID = WORDS.filter(lambda text: text.strip() != "" and not any(stray_markers(text)))
LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | WORDS
VALUES = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(WORDS, LEAVES, max_size=2)
ARGUMENTS = st.dictionaries(st.text("abc_", min_size=1, max_size=5), VALUES, max_size=3)
NAMED = st.sampled_from(["get_weather", "list_files", "ping"])
OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}
TOOLS = tuple(Tool(name, "What it does.", OBJECT) for name in ("get_weather", "list_files", "ping"))
BARE = (Tool("ask", None, OBJECT), Tool("now", "What it does.", {}, declared=False))


@st.composite
def calls(draw: st.DrawFn, least: int = 0) -> tuple[ToolCall, ...]:
    made = draw(st.lists(st.tuples(NAMED, ARGUMENTS), min_size=least, max_size=3))
    return tuple(
        ToolCall(f"call_{n}abcdef", name, strictjson.dumps(arguments))
        for n, (name, arguments) in enumerate(made)
    )


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    said: list[Any] = [Message("system", draw(SAID))] if draw(st.booleans()) else []
    said.append(Message("user", draw(SAID)))
    for _ in range(draw(st.integers(0, 2))):
        made = draw(calls())
        text = draw(SAID) if not made else draw(st.just("") | SAID)
        said.append(Called(Reply("", False, None, text=text, calls=made)))
        if made:
            results = tuple(ToolResult(call.id, call.name, draw(SAID)) for call in made)
            said.append(Answered(results))
        if not made or draw(st.booleans()):
            said.append(Message("user", draw(SAID)))
    choice = draw(st.sampled_from(["auto", "none", "required", "tool:ping"]))
    offered = TOOLS[: draw(st.integers(2, 3))] if choice != "tool:ping" else TOOLS
    free = choice in ("auto", "required")
    return Ask(
        model="m-1",
        tools=(*offered, *draw(st.sampled_from([(), BARE[:1], BARE[1:], BARE]))),
        said=tuple(said),
        tool_choice=choice,
        parallel=draw(st.none() | st.booleans()),
        allowed=draw(st.sampled_from([(), ("get_weather", "list_files")])) if free else (),
        max_tokens=draw(st.none() | st.integers(1, 9999)),
        stream=draw(st.booleans()),
    )


# --- requests


def told(format: WireFormat, ask: Ask) -> list[Any]:
    """What the conversation says, without the ids that a format may not have."""

    def call_id(known: str | None) -> str | None:
        return known if format.traits.ids else None

    lines: list[Any] = []
    for said in ask.said:
        match said:
            case Message(role, content):
                lines.append((role, content))
            case Called(reply):
                made = [
                    (call_id(c.id), c.name, canonical(json.loads(c.arguments_raw or "null")))
                    for c in reply.calls
                ]
                lines.append((reply.text, made))
            case Answered(results):
                lines.append([(call_id(r.call_id), r.tool, r.content) for r in results])
    return lines


@some
@given(ask=asks())
@pytest.mark.parametrize("name", NAMES)
def test_a_request_is_read_as_it_was_asked(name: str, ask: Ask) -> None:
    format = wire_format(name)
    try:
        request = format.request(ask)
    except CannotAskError:
        assume(False)
    if not format.traits.forbids:
        assume(ask.tool_choice != "none")
    body = json.loads(json.dumps(request.body))
    read = format.read_request(body, path=request.path)
    assert told(format, read) == told(format, ask)
    assert (read.model, read.stream) == (ask.model, ask.stream)
    assert read.tools == ask.tools
    assert (read.tool_choice, read.allowed) == (ask.tool_choice, ask.allowed)
    if ask.max_tokens is not None:
        assert read.max_tokens == format.cap(body) == ask.max_tokens
    if format.traits.serial and ask.tool_choice != "none":
        assert read.parallel == ask.parallel
    again = format.request(read)
    assert (again.path, again.body) == (request.path, request.body)
    assert guess(body, request.path).name == name
    assert format.serving.refuses(request) is None


@pytest.mark.parametrize("name", NAMES)
def test_what_the_user_adds_goes_in_last(name: str) -> None:
    ask = Ask("m-1", TOOLS, (Message("user", "hello"),))
    request = wire_format(name).request(ask, params={"temperature": 0.5})
    assert '"temperature": 0.5' in json.dumps(request.body)


# --- replies


@st.composite
def plans(draw: st.DrawFn) -> ReplyPlan:
    made = draw(calls())
    ask = Ask("m", TOOLS, (Message("user", "…"),), stream=draw(st.booleans()))
    plan = ReplyPlan(ask, "r1", text=draw(SAID if not made else st.just("") | SAID))
    plan.piece_size = draw(st.sampled_from([1, 3, 24]))
    for call in made:
        raw = call.arguments_raw
        plan.calls.append(Call(call.name, json.loads(raw or ""), call.id, raw))
    plan.finish = "tool_calls" if made else "stop"
    plan.output_tokens = 9
    return plan


def served(format: WireFormat, plan: ReplyPlan) -> Attempt:
    plan = replace(plan, request=format.request(plan.ask).body)
    wire = format.serve(plan, pieces(plan) if plan.ask.stream else None)
    data = b"".join(format.framing.join(wire.events)) if wire.events else encode_body(wire.body)
    kind = format.framing.content_type if wire.events else "application/json"
    return Attempt(0.0, 0.0, 0.0, 200, {"content-type": kind}, ((0.0, data),))


def case_of(plan: ReplyPlan) -> Case:
    expected = tuple(ExpectedCall(call.name, call.arguments) for call in plan.calls)
    expect = Expectation("calls" if expected else "no_call", expected)
    return Case("generated", "echo", (), TOOLS, (Turn((Message("user", "…"),), expect),))


@some
@given(plan=plans())
@pytest.mark.parametrize("name", NAMES)
def test_a_reply_is_read_as_it_was_served(name: str, plan: ReplyPlan) -> None:
    format = wire_format(name)
    attempt = served(format, plan)
    reply = format.read(attempt, stream=plan.ask.stream)
    assert (reply.api, reply.stream, reply.status) == (name, plan.ask.stream, 200)
    assert (reply.text, reply.problems, reply.ended) == (plan.text, (), True)
    judgement = judge(case_of(plan), [reply])
    assert [f.slug for f in judgement.findings if f.severity != "info"] == []
    read = [(c.name, canonical(json.loads(c.arguments_raw or ""))) for c in judgement.reply.calls]
    assert read == [(call.name, canonical(call.arguments)) for call in plan.calls]
    if format.traits.ids:
        assert [c.id for c in judgement.reply.calls] == [call.id for call in plan.calls]


@settings(some, max_examples=10)
@given(plan=plans())
@pytest.mark.parametrize("name", NAMES)
def test_the_sdk_reads_what_we_serve(name: str, plan: ReplyPlan) -> None:
    attempt = served(wire_format(name), plan)
    views = client_views(attempt, name, stream=plan.ask.stream, case=case_of(plan), turn=0)
    wanted = "same" if plan.calls else ("same", "nothing")
    assert views and all(view.outcome in wanted for view in views), views


# --- a format is its folder


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Copies of all formats, byte for byte, under other names: old name → new name."""
    for name in NAMES:
        folder = name.replace("-", "_")
        shutil.copytree(PACKAGE / "formats" / folder, tmp_path / f"other_{folder}")
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    format_names.cache_clear()
    yield {name: f"other-{name}" for name in NAMES}
    monkeypatch.undo()
    format_names.cache_clear()
    wire_format.cache_clear()


def test_a_copy_of_a_folder_does_the_same(copies: dict[str, str]) -> None:
    for name, other in copies.items():
        format, copy = wire_format(name), wire_format(other)
        assert copy.plain.__module__.startswith(f"toolfuzz.formats.{other.replace('-', '_')}")
        for stream in (False, True):
            ask = Ask("clean", TOOLS, (Message("user", "please ping"),), stream=stream)
            request = format.request(ask)
            assert copy.request(ask) == request
            assert copy.read_request(request.body, path=request.path) == (
                format.read_request(request.body, path=request.path)
            )
            said = []
            for one in (format, copy):
                question = read_question(one, request.body, path=request.path)
                outcome = respond(question, check_profile("clean"), "s")
                assert [call.name for call in outcome.reply.calls] == ["ping"]
                attempt = served(one, outcome.reply)
                reply = one.read(attempt, stream=stream)
                views = client_views(
                    attempt, one.name, stream=stream, case=case_of(outcome.reply), turn=0
                )
                assert views and {view.outcome for view in views} == {"same"}
                judgement = judge(case_of(outcome.reply), [reply])
                said.append(
                    (structs.replace(reply, api=""), judgement.findings, judgement.status, views)
                )
            assert said[0] == said[1]
            fitting = [[f.slug for f in faults().values() if f.fits(one.traits, stream)]
                       for one in (format, copy)]  # fmt: skip
            assert fitting[0] == fitting[1] != []
        made = [one.python(format.request(ask), "http://x/v1", "KEY") for one in (format, copy)]
        assert made[0] == made[1] and copy.key_env == format.key_env


# Where a name may stand: the services that speak it.
_ALLOWED = ("formats/", "sources/endpoints.toml")


def test_nothing_else_names_a_format() -> None:
    words = re.compile("|".join(f"{n}|{n.replace('-', '_')}" for n in NAMES if "-" in n))
    for path in sorted(PACKAGE.rglob("*")):
        place = path.relative_to(PACKAGE).as_posix()
        if path.suffix in (".py", ".toml", ".j2", ".html", ".js") and not place.startswith(
            _ALLOWED
        ):
            assert not words.findall(path.read_text(encoding="utf-8")), place
