"""The perfect model: it does what the request asks, in every wire format."""

import json

import jsonschema
import pytest
from sim_asks import APIS, ARGUMENTS, EMPTY, NOTE, NOTE_2, PLAIN, RICH, batch, body, echo, size

from toolfuzz.core.case import Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import wire_format
from toolfuzz.formats.writing import encode_body
from toolfuzz.generate import draw_cases
from toolfuzz.judge.judge import judge
from toolfuzz.recordings.recorded import read_exchange
from toolfuzz.simulate.brain import answer
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import profile_named, profiles
from toolfuzz.simulate.question import read_question


def calls_of(api, prompt, **options):
    request = body(api, prompt, **options)
    _, calls = answer(read_question(wire_format(api), request, size(request)).ask)
    return [(call.name, call.arguments) for call in calls]


@pytest.mark.parametrize("probe", ["echo", "describe", "batch", "choose", "abstain"])
def test_reads_every_probe(probe):
    for case in draw_cases(25, probes=[probe], seed=9):
        (message,) = (m for m in case.turns[0].messages if m.role == "user")
        wanted = [(c.tool, c.arguments) for c in case.turns[0].expect.calls]
        choice = case.turns[0].tool_choice
        got = calls_of("openai-chat", message.content, tools=case.tools, choice=choice)
        assert got == wanted


@pytest.mark.parametrize("api", APIS)
def test_obeys_tool_choice_and_the_parallel_flag(api):
    note, two = echo(PLAIN, NOTE), batch((PLAIN, NOTE), (PLAIN, NOTE_2))
    assert calls_of(api, note) == [("send_note", NOTE)]
    assert calls_of(api, note, choice="none") == []
    assert calls_of(api, note, choice="tool:send_note") == [("send_note", NOTE)]
    assert [n for n, _ in calls_of(api, note, choice="tool:ping_server")] == ["ping_server"]
    assert calls_of(api, note, choice="tool:no_such_tool") == []
    assert [n for n, _ in calls_of(api, "hello", choice="required")] == ["update_records"]
    assert calls_of(api, "hello") == []
    assert len(calls_of(api, two)) == 2
    assert calls_of(api, two, parallel=False) == [("send_note", NOTE)]


@pytest.mark.parametrize("api", APIS)
def test_strangers_prompts(api):
    given = 'Use send_note with exactly these arguments:\n```json\n{"to": "x", "text": "y"}\n```'
    assert calls_of(api, given) == [("send_note", {"to": "x", "text": "y"})]
    assert calls_of(api, "please ping_server now", tools=(PLAIN, EMPTY)) == [("ping_server", {})]
    ((name, arguments),) = calls_of(api, "please update_records", tools=(RICH,))
    jsonschema.validate(arguments, RICH.parameters)
    assert name == "update_records"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ('call send_note with {"to": "x"}', [("send_note", {"to": "x"})]),
        ('With {"to": {"a": [1, "}"]}} call send_note.', [("send_note", {"to": {"a": [1, "}"]}})]),
        ('send_note:\n```json\n{\n  "to": "x"\n}\n```', [("send_note", {"to": "x"})]),
        ('send_note {"to": 1}, then ping {}', [("send_note", {"to": 1}), ("ping", {})]),
        ("Fill {city}: ping {}", [("ping", {})]),
        ('My settings are {"a": 1}.', []),
        ('ping it, {"a": broken}', [("ping", {})]),
    ],
)
def test_json_of_any_prompt_is_obeyed(said, wanted):
    tools = (Tool("ping", "", {"type": "object"}), PLAIN)
    assert calls_of("openai-chat", said, tools=tools) == wanted


def test_the_only_tool_needs_no_name():
    assert calls_of("openai-chat", 'Do it: {"a": 1}', tools=(EMPTY,)) == [("ping_server", {"a": 1})]
    assert calls_of("openai-chat", "Do it: " + "{" * 5000, tools=(EMPTY,)) == []


def test_what_stands_behind_the_arguments_is_not_what_is_called():
    """Agents remind the model of tools with longer names, after what the user said."""
    given = (
        f"Use ping with exactly these arguments:\n```json\n{json.dumps(NOTE)}\n```\nOr send_note."
    )
    tools = (Tool("ping", "", PLAIN.parameters), PLAIN)
    assert calls_of("openai-chat", given, tools=tools) == [("ping", NOTE)]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("named", "tool"),
    [
        ("openai-chat", {"type": "custom", "custom": {"name": "exec"}}),
        ("openai-responses", {"type": "custom", "name": "exec"}),
        (
            "openai-responses",
            {"type": "namespace", "name": "js", "tools": [{"type": "custom", "name": "exec"}]},
        ),
    ],
)
def test_a_tool_that_takes_text_is_called_with_text(named, tool, stream):
    said = 'Call exec with exactly these arguments:\n```json\n{"input": "text(1 + 1)"}\n```'
    request = {"model": "m", "messages": [{"role": "user", "content": said}], "input": said}
    request |= {"tools": [tool], "stream": stream}
    outcome = respond(read_question(wire_format(named), request, 1), profile_named("clean"), "s")
    events = wire_format(named).framing.join(outcome.wire.events)
    body = b"".join(events) if stream else encode_body(outcome.wire.body)
    recorded = read_exchange("", named, request, body, stream=stream)
    judgement = judge(recorded.case, recorded.replies)
    assert (judgement.status, judgement.findings) == ("pass", ())
    (call,) = judgement.reply.calls
    assert (call.name, call.arguments_raw, call.free) == ("exec", "text(1 + 1)", True)
    assert (b'"namespace":"js"' in body) is (tool["type"] == "namespace")


def test_simple_values_fit_the_schemas_of_generated_tools():
    fitting = 0
    for case in draw_cases(80, seed=4):
        tool: Tool = case.tools[0]
        ((_, arguments),) = calls_of("openai-chat", "go", tools=(tool,), choice="required")
        fitting += jsonschema.Draft202012Validator(tool.parameters).is_valid(arguments)
    assert fitting >= 64


def history(api):
    """A conversation that has had its first call and got the result."""
    request = body(api, echo(PLAIN, NOTE))
    result = "sent at 12:00"
    if api == "openai-chat":
        function = {"name": "send_note", "arguments": json.dumps(NOTE)}
        call = {"id": "call_1", "type": "function", "function": function}
        request["messages"] += [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": result},
        ]
    elif api == "openai-responses":
        call = {"type": "function_call", "call_id": "call_1", "name": "send_note"}
        request["input"] += [
            {**call, "arguments": json.dumps(NOTE)},
            {"type": "function_call_output", "call_id": "call_1", "output": result},
        ]
    else:
        use = {"type": "tool_use", "id": "call_1", "name": "send_note", "input": NOTE}
        done = {"type": "tool_result", "tool_use_id": "call_1"}
        request["messages"] += [
            {"role": "assistant", "content": [use]},
            {"role": "user", "content": [{**done, "content": [{"type": "text", "text": result}]}]},
        ]
    return request


@pytest.mark.parametrize("api", APIS)
def test_reads_the_history(api):
    ask = read_question(wire_format(api), history(api), 1).ask
    assert ask.turn == 2 and ask.answered
    assert [(c.id, c.name) for c in ask.replies[0].calls] == [("call_1", "send_note")]
    assert [(r.call_id, r.tool) for r in ask.answered] == [("call_1", "send_note")]
    text, calls = answer(ask)
    assert calls == [] and "sent at 12:00" in text


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("history-args-reparse", 500),
        ("history-args-type", 0),
        ("pairing-rejected", 400),
        ("id-rewritten", 400),
        ("id-format", 400),
        ("opaque-metadata-required", 400),
    ],
)
def test_faults_of_the_second_turn(api, slug, status):
    profile = profile_named(f"fault:{slug}")
    first = body(api, echo(PLAIN, NOTE))
    assert respond(read_question(wire_format(api), first, 1), profile, "s").struck == ()
    outcome = respond(read_question(wire_format(api), history(api), 1), profile, "s")
    (risk,) = profile.risks
    traits = wire_format(api).traits
    assert risk.fault.fits(traits, False)
    assert outcome.struck == (slug,)
    text = 500 if traits.arguments == "text" else 400
    assert outcome.reply.refusal.status == (status or text)


def test_later_turns_degrade():
    request = history("openai-chat")
    again = {"role": "user", "content": echo(PLAIN, {"to": "x", "text": " padded "})}
    request["messages"].append(again)
    second = read_question(wire_format("openai-chat"), request, 1)
    erased = respond(second, profile_named("fault:history-args-erased"), "s")
    assert erased.reply.calls[0].raw == "{}"
    damaged = respond(second, profile_named("fault:corruption-replayed"), "s")
    assert json.loads(damaged.reply.calls[0].raw)["text"] == "padded"
    reused = respond(second, profile_named("fault:id-reused-across-turns"), "s")
    assert reused.reply.calls[0].id == "call_0" and not reused.struck
    request["messages"][1]["tool_calls"][0]["id"] = "call_0"
    counted = read_question(wire_format("openai-chat"), request, 1)
    assert respond(counted, profile_named("fault:id-reused-across-turns"), "s").struck
    degraded = profile_named("fault:format-degradation")
    first = read_question(wire_format("openai-chat"), body("openai-chat", echo(PLAIN, NOTE)), 1)
    assert respond(first, degraded, "s").struck == ()
    assert respond(second, degraded, "s").struck == ("format-degradation",)


@pytest.mark.parametrize("limit", [1, 8, 20, 60])
@pytest.mark.parametrize("api", APIS)
def test_is_cut_at_max_tokens(api, limit):
    request = body(api, echo(RICH, ARGUMENTS), max_tokens=limit)
    outcome = respond(read_question(wire_format(api), request, 1), profile_named("clean"), "s")
    whole = respond(
        read_question(wire_format(api), body(api, echo(RICH, ARGUMENTS)), 1),
        profile_named("clean"),
        "s",
    )
    assert outcome.reply.finish == "length"
    assert outcome.reply.output_tokens == limit
    for call in outcome.reply.calls:
        assert whole.reply.calls[0].raw.startswith(call.raw)
        assert len(call.raw) <= 4 * limit


def test_triggers():
    note = read_question(
        wire_format("openai-chat"), body("openai-chat", echo(PLAIN, NOTE), tools=(PLAIN,)), 1
    )
    rich = read_question(wire_format("openai-chat"), body("openai-chat", echo(RICH, ARGUMENTS)), 1)
    gemini, gateway = profiles()["gemini-openai"], profiles()["js-gateway"]
    assert "schema-rejected" not in respond(note, gemini, "s").struck
    assert "schema-rejected" in respond(rich, gemini, "s").struck
    assert respond(note, gateway, "s").struck == ()
    assert respond(rich, gateway, "s").struck == ("integer-precision-loss",)
    assert json.loads(respond(rich, gateway, "s").reply.calls[0].raw)["big"] == 9007199254740992


def test_value_triggers():
    from random import Random

    from toolfuzz.simulate.faults import Roll, Trigger, faults

    def changed(**conditions):
        ask = read_question(
            wire_format("openai-chat"), body("openai-chat", echo(RICH, ARGUMENTS)), 1
        )
        outcome = respond(ask, profile_named("clean"), "s")
        fault = faults()["object-as-json-string"]
        if not fault.apply(outcome.reply, Roll(Random(0), Trigger(**conditions), ask.format)):
            return set()
        got = outcome.reply.calls[0].arguments
        return {key for key, value in got.items() if value != ARGUMENTS[key]}

    assert changed(everywhere=True) == {"environment", "tree", "filters", "source", "shape"}
    assert changed(everywhere=True, behind_ref=True) == {"environment", "tree"}
    assert changed(everywhere=True, union=True) == {"source", "shape"}
    assert changed(param="filters") == {"filters"}
    assert len(changed()) == 1
    assert changed(param="no_such") == set()


def test_probabilities_are_kept():
    ask = read_question(wire_format("openai-chat"), body("openai-chat", echo(PLAIN, NOTE)), 1)
    profile = profile_named("fault:no-call@0.25+id-empty@0.5")
    struck = [respond(ask, profile, str(n)).struck for n in range(800)]
    assert 150 <= sum("no-call" in s for s in struck) <= 250
    # An id can only be empty where a call was made.
    assert 230 <= sum("id-empty" in s for s in struck) <= 370


def test_profiles():
    known = profiles()
    assert {"clean", "claude-opus", "minimax-m2.1", "glm-4.7", "legal-variations"} <= set(known)
    for name in ("clean", "claude-opus", "minimax-m2.1"):
        assert known[name].risks == ()
    assert all(p.description.rstrip().endswith(".") for p in known.values())
    assert profile_named("sim/glm-4.7") == known["glm-4.7"]
    assert profile_named("gpt-anything") is None


@pytest.mark.parametrize("name", ["fault:", "fault:no-kall", "fault:no-call@2", "fault:no-call@x"])
def test_faults_that_do_not_exist(name):
    with pytest.raises(UsageError):
        profile_named(name)
