"""What holds for every reply: no exception, no false alarm, no dependence on chunk borders."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judge_wire_bytes import (
    APIS,
    PARIS,
    ROME,
    Call,
    anthropic_stream,
    attempt,
    blocks,
    case_of,
    chat_deltas,
    chat_stream,
    plain,
    responses_events,
    responses_stream,
    stream,
    verdict,
)

from toolfuzz.core.case import Tool
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.reply import Fragment, Reply, ToolCall, Usage, WireProblem
from toolfuzz.formats import wire_format
from toolfuzz.judge.markup import marker_begun, written_calls
from toolfuzz.judge.reading import agrees
from toolfuzz.judge.stream import assemble

quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

texts = st.text(max_size=12) | st.sampled_from(
    ["<tool_call>", "</arg_value>", '{"a":1}', "null", "007", " pad ", "C:\\new", "é😀", "[TOOL"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
arguments = st.dictionaries(texts, values, max_size=4)
ANYTHING = Tool("anything", "", {"type": "object"})


def pieces_of(draw: st.DrawFn, raw: str) -> list[str]:
    """Cut anywhere, sometimes with empty pieces and all in one."""
    cuts = sorted(draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    return [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]


@st.composite
def spelled(draw: st.DrawFn) -> tuple[Call, list[str]]:
    value = draw(arguments)
    raw = json.dumps(
        value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 2]))
    )
    call = (draw(st.uuids()).hex[:9], "anything", raw)
    return call, pieces_of(draw, raw)


@pytest.mark.parametrize("api", APIS)
@quick
@given(data=st.data())
def test_any_chunking_of_a_correct_reply_gives_nothing(api: str, data: st.DataObject) -> None:
    pairs = data.draw(st.lists(spelled(), min_size=1, max_size=3, unique_by=lambda p: p[0][0]))
    case = case_of(*(call for call, _ in pairs), tools=(ANYTHING,))
    streamed = verdict(case, stream(api, *pairs))
    plainly = verdict(case, plain(api, *(call for call, _ in pairs)))
    for judgement in (streamed, plainly):
        faults = [f for f in judgement.findings if f.severity != "info"]
        assert faults == []
        assert judgement.status == "pass"
        assert judgement.checks_failed == 0
        assert judgement.schema_valid is True


@quick
@given(data=st.data())
def test_assembly_does_not_depend_on_the_borders(data: st.DataObject) -> None:
    raw = data.draw(st.text(alphabet='{}[]"\\abc:1, \n', max_size=60))
    whole = stream("openai-chat", (("c", "anything", raw), [raw]))
    parts = stream("openai-chat", (("c", "anything", raw), pieces_of(data.draw, raw)))
    (one,) = assemble(whole, wire_format(whole.api).traits, ["anything"])
    (other,) = assemble(parts, wire_format(parts.api).traits, ["anything"])
    assert one.tool_call() == other.tool_call()
    assert one.complete() == other.complete()


@quick
@given(value=arguments, data=st.data())
def test_every_prefix_agrees_with_its_value(value: dict[str, Any], data: st.DataObject) -> None:
    raw = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    assert agrees(raw[: data.draw(st.integers(0, len(raw)))], value)


@quick
@given(value=arguments, other=arguments, data=st.data())
def test_a_prefix_of_another_value_does_not_agree(
    value: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    raw = json.dumps(other)
    assert agrees(raw, value) == (canonical(value) == canonical(other))


junk = st.none() | st.text(max_size=20) | texts | st.integers(-3, 5).map(str)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | junk,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
calls = st.builds(
    ToolCall,
    id=junk,
    name=junk | st.sampled_from(["get_weather", "get_weatherget_time", "functions.ping:0"]),
    arguments_raw=junk | st.sampled_from([PARIS[2], PARIS[2] * 2, PARIS[2][:-1], "[]", "{" * 900]),
    arguments=anything,
    has_arguments=st.booleans(),
    where=st.sampled_from(["stream", "$.x", "function_call"]),
)
fragments = st.builds(
    Fragment,
    event=st.integers(0, 50),
    kind=st.sampled_from(["delta", "open", "done", "close", "final"]),
    slot=st.none() | st.integers(-1, 4),
    id=junk,
    name=junk | st.sampled_from(["get_weather", "get_", "weather"]),
    arguments=junk | anything | st.sampled_from(['{"city":', '"Paris"', "}", PARIS[2]]),
    keys=st.lists(st.sampled_from(["index", "id", "name", "arguments"])).map(tuple),
    item_id=junk,
    type=junk,
    extra=anything,
    free=st.booleans(),
)
problems = st.builds(
    WireProblem,
    kind=st.sampled_from(["not-utf8", "not-json", "envelope", "event-order", "new-kind"]),
    where=st.text(max_size=5),
    detail=st.text(max_size=20),
)
replies = st.builds(
    Reply,
    api=st.sampled_from(APIS),
    stream=st.booleans(),
    status=st.sampled_from([200, 200, 200, 400, 429, 500, None]),
    text=st.text(max_size=40) | texts,
    reasoning=st.text(max_size=20),
    calls=st.lists(calls, max_size=4).map(tuple),
    fragments=st.lists(fragments, max_size=8).map(tuple),
    finish_reason=junk,
    finish=st.sampled_from(["stop", "length", "tool_calls", "refusal", "other", None]),
    usage=st.none() | st.builds(Usage, st.none(), st.none() | st.integers(0, 99)),
    model=junk,
    error=st.none() | anything,
    problems=st.lists(problems, max_size=2).map(tuple),
    ended=st.booleans(),
    chunk_ids=st.lists(st.text(max_size=3), max_size=3).map(tuple),
    legacy=st.none() | calls,
    transport_error=st.none() | st.none() | st.text(max_size=5),
)
cases = st.sampled_from(
    [
        case_of(PARIS),
        case_of(PARIS, ROME, order="given", parallel=True),
        case_of(PARIS, parallel=False, tool_choice="tool:get_weather"),
        case_of(kind="no_call", tool_choice="none"),
        case_of(kind="no_call"),
        case_of(kind="unknown"),
        case_of(kind="unknown", tools=()),
    ]
)


@settings(quick, max_examples=75)
@given(
    case=cases, reply=replies, counterpart=st.none() | replies, cap=st.none() | st.integers(0, 99)
)
def test_the_judge_never_raises(
    case: Any, reply: Reply, counterpart: Reply | None, cap: int
) -> None:
    judgement = verdict(case, reply, counterpart=counterpart, max_tokens=cap)
    assert (judgement.status == "unjudged") == (judgement.reason is not None)
    assert judgement.checks_failed <= judgement.checks
    for found in judgement.findings:
        json.dumps([found.message, found.expected, found.actual, found.pointer]).encode()


@pytest.mark.parametrize("api", APIS)
@settings(quick, max_examples=75)
@given(data=st.data())
def test_mutated_bytes_never_raise(api: str, data: st.DataObject) -> None:
    body = bytearray(_STREAMS[api])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=4))
    reply = wire_format(api).read(attempt(bytes(body)), stream=True)
    verdict(case_of(PARIS, ROME), reply)


_RECORDED: dict[str, bytes] = {}
_PIECES = [(call, [call[2][:7], call[2][7:]]) for call in (PARIS, ROME)]


def _bytes(api: str) -> bytes:
    from judge_wire_bytes import sse

    if api == "openai-responses":
        return sse(responses_events(*_PIECES), named=True)
    if api == "anthropic-messages":
        return sse(blocks(*_PIECES), named=True)
    chunks: list[Any] = [
        _chunk({"tool_calls": [d]})
        for n, (call, pieces) in enumerate(_PIECES)
        for d in chat_deltas(call, pieces, n)
    ]
    return sse([*chunks, _chunk({}, "tool_calls"), "[DONE]"])


def _chunk(delta: Any, finish: str | None = None) -> Any:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "choices": [choice]}


_STREAMS = {api: _bytes(api) for api in APIS}


def test_the_recorded_streams_are_right() -> None:
    for api, body in _STREAMS.items():
        reply = wire_format(api).read(attempt(body), stream=True)
        assert verdict(case_of(PARIS, ROME), reply).findings == ()


@quick
@given(text=st.text(alphabet='<>|[]{}"_tool_calinvkeme=functions.:()\n ｜DSML', max_size=120))
def test_text_is_searched_without_harm(text: str) -> None:
    for found in written_calls(text, ["tool", "call"]):
        assert found.tool in ("tool", "call")
    marker_begun(text)


def test_deep_nesting_is_a_finding() -> None:
    for depth in (400, 900, 5_000, 200_000):
        raw = '{"city":' + "[" * depth + "]" * depth + "}"
        for reply in (
            plain("openai-chat", ("c", "get_weather", raw)),
            chat_stream(*chat_deltas(("c", "get_weather", raw), [raw])),
        ):
            assert verdict(case_of(PARIS), reply).status == "fail"


def test_deep_nesting_where_the_schema_allows_it() -> None:
    schema = {"type": "object", "additionalProperties": {"$ref": "#"}}
    call = ("c", "tree", '{"a":' * 900 + "{}" + "}" * 900)
    case = case_of(("c", "tree", '{"a":{}}'), tools=(Tool("tree", "", schema),))
    judgement = verdict(case, plain("openai-chat", call))
    assert (judgement.status, judgement.schema_valid) == ("fail", False)
    assert judgement.checks == judgement.checks_failed


LONG = json.dumps({"city": "x" * 200_000})
OPENED = Fragment(0, "delta", 0, "id", "anything", "", ("index", "id", "name", "arguments"))


def deltas(first: int = 0, last: int | None = None, **fields: Any) -> list[Fragment]:
    """LONG two characters at a time, from the first of these pieces to the last."""
    pieces = [LONG[n : n + 2] for n in range(0, len(LONG), 2)][first:last]
    keys = ("index", "arguments")
    more = [Fragment(n, "delta", 0, arguments=p, keys=keys) for n, p in enumerate(pieces, 1)]
    return [OPENED, *(f._replace(**fields) for f in more)]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("found", "sent"),
    [
        ([], deltas),
        (["stream-tail-lost"], lambda: deltas(last=-1)),
        (["stream-head-lost"], lambda: deltas(first=3)),
        (["idx-missing"], lambda: deltas(slot=None)),
        (["name-repeated"], lambda: deltas(name="anything")),
        (["id-unstable"], lambda: deltas(id="other")),
        (["id-unstable"], lambda: [f._replace(id=str(f.event)) for f in deltas()]),
        (["idx-drift"], lambda: [f._replace(slot=f.event) for f in deltas()]),
    ],
)
def test_long_streams_take_linear_time(
    found: list[str], sent: Callable[[], list[Fragment]]
) -> None:
    """100,000 deltas: a quadratic step anywhere would take minutes."""
    reply = Reply("openai-chat", True, 200, fragments=tuple(sent()), finish="tool_calls")
    case = case_of(("c", "anything", LONG), tools=(ANYTHING,))
    assert [f.slug for f in verdict(case, reply).findings] == found


def test_streams_of_the_other_formats_are_linear_too() -> None:
    raw = json.dumps({"city": "x" * 20_000})
    call = ("c", "anything", raw)
    case = case_of(call, tools=(ANYTHING,))
    assert verdict(case, responses_stream(responses_events((call, list(raw))))).findings == ()
    assert verdict(case, anthropic_stream(blocks((call, list(raw))))).findings == ()
