"""Streams as bytes: each streaming defect, and the legal variations that look like it."""

import json
from typing import Any

import pytest
from judge_wire_bytes import (
    APIS,
    PARIS,
    PING,
    ROME,
    ZONE,
    Call,
    anthropic_stream,
    blocks,
    case_of,
    chat_deltas,
    chat_stream,
    cut,
    decode,
    delta,
    plain,
    responses_events,
    responses_stream,
    slugs,
    stream,
    verdict,
)

RAW = PARIS[2]
NAP: Call = ("call_9", "ping", "{}")
A = ("call_a", "get_weather")
B = ("call_b", "get_weather")

CHAT_FAULTS = {
    "idx-missing": [delta(None, "", *A), delta(None, RAW[:9]), delta(None, RAW[9:])],
    "idx-missing, null": [
        {"index": None} | delta(None, "", *A),
        {"index": None} | delta(None, RAW),
    ],
    "idx-sparse": chat_deltas(PARIS, cut(RAW), 1),
    "idx-drift": [delta(0, "", *A), delta(1, RAW[:9]), delta(2, RAW[9:])],
    "id-missing": [delta(0, "", name="get_weather"), delta(0, RAW)],
    "id-missing, null": [delta(0, "", None, "get_weather"), delta(0, RAW)],
    "id-late": [delta(0, "", name="get_weather"), delta(0, "", id="call_1"), delta(0, RAW)],
    "id-late, name": [delta(0, "", "call_1"), delta(0, name="get_weather"), delta(0, RAW)],
    "id-late, bare index": [delta(0), delta(0, "", *A), delta(0, RAW)],
    "id-unstable": [
        delta(0, "", *A),
        delta(0, RAW[:9], id="call_x"),
        delta(0, RAW[9:], id="call_y"),
    ],
    "id-blank-continuation": [
        delta(0, "", *A),
        delta(0, RAW[:9], id="", name=""),
        delta(0, RAW[9:], id="", name=""),
    ],
    "name-repeated": [
        delta(0, "", *A),
        delta(0, RAW[:9], name="get_weather"),
        delta(0, RAW[9:], name="get_weather"),
    ],
    "name-fragmented": [delta(0, "", "call_1", "get_"), delta(0, name="weather"), delta(0, RAW)],
    "name-empty": [delta(0, "", "call_1", ""), delta(0, name="get_weather"), delta(0, RAW)],
    "args-cumulative": chat_deltas(PARIS, [RAW[:4], RAW[:9], RAW[:15], RAW]),
    "args-cumulative, repeated at the end": chat_deltas(PARIS, [*cut(RAW), RAW]),
    "stream-tail-lost": chat_deltas(PARIS, [*cut(RAW)[:-1]]),
    "stream-tail-lost, one brace": chat_deltas(PARIS, [RAW[:10], RAW[10:-1]]),
    "stream-head-lost": chat_deltas(PARIS, cut(RAW)[1:]),
    "stream-head-lost, one byte": chat_deltas(PARIS, cut(RAW[1:])),
    "stream-duplicate-delta": chat_deltas(PARIS, [RAW[:8], RAW[8:14], RAW[8:14], RAW[14:]]),
    "stream-duplicate-delta, whole": chat_deltas(PARIS, [RAW, RAW]),
    "legal: null continuation": [delta(0, "", *A), *(delta(0, p, None, None) for p in cut(RAW))],
    "legal: id repeated": [delta(0, "", *A), *(delta(0, p, "call_a") for p in cut(RAW))],
    "legal: one delta": [delta(0, RAW, *A)],
    "legal: spaced": chat_deltas(PARIS, cut('{ "days": 3,\n "city": "\\u0050aris" }')),
}


@pytest.mark.parametrize("name", CHAT_FAULTS)
def test_one_call(name: str) -> None:
    kind, _, _ = name.partition(",")
    expected = [] if kind.startswith("legal") else [kind]
    judgement = verdict(case_of(PARIS), chat_stream(*CHAT_FAULTS[name]))
    assert [f.slug for f in judgement.findings if f.severity != "info"] == expected
    call = judgement.reply.calls[0]
    assert json.loads(call.arguments_raw or "") == {"city": "Paris", "days": 3}
    assert call.name == "get_weather"


TWO = {
    "idx-collision": [
        *chat_deltas(PARIS, cut(PARIS[2])),
        *chat_deltas(ROME, cut(ROME[2])),
    ],
    "idx-collision, whole": [delta(0, PARIS[2], *PARIS[:2]), delta(0, ROME[2], *ROME[:2])],
    "parallel-merged": [
        delta(0, "", *A),
        delta(0, PARIS[2]),
        delta(0, ROME[2]),
    ],
    "idx-missing": [delta(None, PARIS[2], *PARIS[:2]), delta(None, ROME[2], *ROME[:2])],
    "idx-sparse": [delta(1, PARIS[2], *PARIS[:2]), delta(4, ROME[2], *ROME[:2])],
    "idx-sparse, the second first": [delta(1, ROME[2], *B), delta(0, PARIS[2], *A)],
    "id-missing": [*chat_deltas(PARIS, [PARIS[2]]), delta(1, ROME[2], None, "get_weather")],
    "id-duplicate": [delta(0, PARIS[2], *A), delta(1, ROME[2], *A)],
    "legal: interleaved": [
        delta(0, "", *A),
        delta(1, "", *B),
        *(
            d
            for a, b in zip(cut(PARIS[2]), cut(ROME[2]), strict=False)
            for d in (delta(0, a), delta(1, b))
        ),
        delta(0, "".join(cut(PARIS[2])[len(cut(ROME[2])) :])),
    ],
}


@pytest.mark.parametrize("name", TWO)
def test_two_calls(name: str) -> None:
    kind, _, _ = name.partition(",")
    expected = [] if kind.startswith("legal") else [kind]
    judgement = verdict(case_of(PARIS, ROME), chat_stream(*TWO[name]))
    assert [f.slug for f in judgement.findings if f.severity != "info"] == expected
    assert [json.loads(c.arguments_raw or "")["city"] for c in judgement.reply.calls] == [
        "Paris",
        "Rome",
    ]


@pytest.mark.parametrize(
    ("api", "found"),
    [
        ("openai-chat", "idx-sparse"),
        ("anthropic-messages", "wire-law-broken"),
        ("openai-responses", "wire-law-broken"),
    ],
)
def test_the_index_says_which_call_is_the_first(api: str, found: str) -> None:
    pairs = [(call, cut(call[2])) for call in (PARIS, ROME)]
    if api == "openai-chat":
        deltas = [chat_deltas(*pair, n) for n, pair in enumerate(pairs)]
        reply = chat_stream(*deltas[1], *deltas[0])
    elif api == "openai-responses":
        reply = responses_stream(second_first(responses_events(*pairs), "output_index"))
    else:
        reply = anthropic_stream(second_first(blocks(*pairs), "index"))
    assert slugs(case_of(PARIS, ROME, order="given"), reply) == [found]
    assert slugs(case_of(ROME, PARIS, order="given"), reply)[-1] == "calls-reordered"


def second_first(events: list[dict[str, Any]], index: str) -> list[dict[str, Any]]:
    first = [event for event in events if event.get(index) == 0]
    second = [event for event in events if event.get(index) == 1]
    begin = events.index(first[0])
    return [*events[:begin], *second, *first, *events[begin + len(first + second) :]]


def test_misrouted_fragments_are_put_back() -> None:
    deltas = [
        delta(0, "{", *A),
        delta(1, "{", "call_b", "get_time"),
        *(delta(0, p) for p in cut(ZONE[2][1:])),
        *(delta(1, p) for p in cut(PARIS[2][1:])),
    ]
    judgement = verdict(case_of(PARIS, ZONE), chat_stream(*deltas))
    assert [f.slug for f in judgement.findings] == ["interleaved-misrouted"]
    assert [c.arguments_raw for c in judgement.reply.calls] == [PARIS[2], ZONE[2]]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_correct_stream_gives_nothing(api: str, size: int) -> None:
    pairs = [(call, cut(call[2], size)) for call in (PARIS, ROME, ZONE, NAP)]
    assert slugs(case_of(PARIS, ROME, ZONE, NAP), stream(api, *pairs)) == []


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("kind", "pieces"),
    [
        ("stream-tail-lost", cut(RAW)[:-1]),
        ("stream-head-lost", cut(RAW)[1:]),
        ("args-cumulative", [RAW[:4], RAW[:9], RAW[:15], RAW]),
        ("stream-duplicate-delta", [RAW[:8], RAW[8:14], RAW[8:14], RAW[14:]]),
    ],
)
def test_loss_in_every_format(api: str, kind: str, pieces: list[str]) -> None:
    judgement = verdict(case_of(PARIS), stream(api, (PARIS, pieces)))
    if (api, kind) == ("anthropic-messages", "stream-head-lost"):
        kind = "anthropic-bad-partial-json"
    assert [f.slug for f in judgement.findings] == [kind]
    assert judgement.status == "fail"


def test_a_lost_tail_needs_a_witness() -> None:
    reply = chat_stream(*chat_deltas(PARIS, cut(RAW)[:-1]))
    unknown = case_of(kind="unknown")
    assert slugs(unknown, reply) == ["args-truncated"]
    witnessed = slugs(unknown, reply, counterpart=plain("openai-chat", PARIS))
    assert witnessed == ["stream-tail-lost", "stream-nonstream-divergence"]


def test_another_beginning_is_no_lost_tail() -> None:
    other = '{"city":"Lyon","da'
    assert slugs(case_of(PARIS), chat_stream(*chat_deltas(PARIS, cut(other)))) == ["args-truncated"]


def test_repeated_text_in_a_value_is_no_duplicate_delta() -> None:
    raw = '{"city":"Walla Walla Walla ","days":3}'
    case = case_of(("c", "get_weather", raw))
    pieces = [raw[:9], "Walla ", "Walla ", "Walla ", raw[27:]]
    assert "".join(pieces) == raw
    assert slugs(case, chat_stream(*chat_deltas(PARIS, pieces))) == []


def test_divergence() -> None:
    wrong = chat_stream(*chat_deltas(PARIS, cut('{"city":"Lyon"}')))
    right = chat_stream(*chat_deltas(PARIS, cut(RAW)))
    counterpart = plain("openai-chat", PARIS)
    assert "stream-nonstream-divergence" in slugs(case_of(PARIS), wrong, counterpart=counterpart)
    assert slugs(case_of(PARIS), right, counterpart=counterpart) == []
    same = plain("openai-chat", (None, "get_weather", '{"city":"Lyon"}'))
    assert "stream-nonstream-divergence" not in slugs(case_of(PARIS), wrong, counterpart=same)
    failed = plain("openai-chat", finish="length")
    assert "stream-nonstream-divergence" not in slugs(case_of(PARIS), wrong, counterpart=failed)


def test_endings() -> None:
    whole = chat_deltas(PARIS, cut(RAW))
    half = chat_deltas(PARIS, cut(RAW)[:3])
    case = case_of(PARIS)
    warned = verdict(case, chat_stream(*whole, finish=None, done=False))
    assert [(f.slug, f.severity) for f in warned.findings] == [("stream-no-finish", "warn")]
    assert warned.status == "pass"
    failed = verdict(case, chat_stream(*half, finish=None, done=False))
    assert [(f.slug, f.severity) for f in failed.findings] == [("stream-no-finish", "error")]
    assert slugs(case, chat_stream(*whole, done=False)) == ["stream-no-finish"]
    assert slugs(case, chat_stream(*whole, finish="stop")) == ["finish-stop-with-calls"]
    assert slugs(case, chat_stream(text="Hello.", finish="stop", done=False)) == [
        "stream-no-finish",
        "no-call",
    ]
    assert slugs(case, chat_stream(text="Hello.", finish=None)) == ["stream-no-finish"]
    assert slugs(case, anthropic_stream(blocks((PARIS, cut(RAW)), finish=None))) == [
        "stream-no-finish"
    ]
    events = responses_events((PARIS, cut(RAW)), completed=False)
    assert slugs(case, responses_stream(events)) == ["stream-no-finish"]


def test_error_inside_a_stream() -> None:
    half = chat_deltas(PARIS, cut(RAW)[:3])
    case = case_of(PARIS)

    def with_error(error: dict[str, object]) -> list[str]:
        reply = chat_stream(*half, events=[{"error": error}], finish=None, done=False)
        judgement = verdict(case, reply)
        return [f.slug for f in judgement.findings] or [judgement.status]

    assert with_error({"message": "'FunctionTool' has no attribute"}) == ["stream-error-midway"]
    assert with_error({"code": "tool_use_failed"}) == ["provider-refused-call"]
    assert with_error({"type": "overloaded_error", "message": "Overloaded"}) == ["unjudged"]


def test_not_incremental_is_a_note() -> None:
    raw = json.dumps({"city": "P" * 80, "days": 3})
    case = case_of(("c", "get_weather", raw))
    judgement = verdict(case, chat_stream(delta(0, raw, *A)))
    assert [(f.slug, f.severity) for f in judgement.findings] == [
        ("stream-not-incremental", "info")
    ]
    assert judgement.status == "pass"
    assert verdict(case, chat_stream(*chat_deltas(PARIS, cut(raw, 40)))).findings == ()


def test_split_marker() -> None:
    case = case_of(PARIS)
    calls = chat_deltas(PARIS, cut(RAW))
    assert slugs(case, chat_stream(*calls, text="One moment. <tool")) == ["stream-marker-split"]
    for honest in ("Is 3 <", "a < b", "I call <get_weather> now", "5 <t"):
        assert slugs(case, chat_stream(*calls, text=honest)) == []


def test_anthropic_blocks() -> None:
    case = case_of(PARIS)
    inline = blocks((PARIS, []), input=json.loads(RAW))
    assert slugs(case, anthropic_stream(inline)) == ["anthropic-input-inline"]
    assert slugs(case, anthropic_stream(blocks((PARIS, []), input=RAW))) == [
        "anthropic-input-inline"
    ]
    late = blocks((PARIS, cut(RAW)))
    stop = next(n for n, e in enumerate(late) if e["type"] == "content_block_stop")
    late[stop - 1], late[stop] = late[stop], late[stop - 1]
    assert slugs(case, anthropic_stream(late)) == ["anthropic-delta-after-stop"]
    broken = blocks((PARIS, ['{"city":', "???"]))
    assert slugs(case, anthropic_stream(broken)) == ["anthropic-bad-partial-json"]
    legal = blocks((NAP, [""]))
    assert slugs(case_of(NAP, tools=(PING,)), anthropic_stream(legal)) == []


def test_completion_ids_are_a_note() -> None:
    reply = chat_stream(*chat_deltas(PARIS, cut(RAW)), ids={1: "chatcmpl-2"})
    found = verdict(case_of(PARIS), reply).findings
    assert [(f.slug, f.severity) for f in found] == [("chunk-id-varies", "info")]


def chat_body(*deltas: dict[str, Any]) -> str:
    """A chat stream as a server writes it that leaves all characters as they are."""
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "m"}
    parts = [{"role": "assistant", "content": None}, *({"tool_calls": [d]} for d in deltas), {}]
    lines = []
    for n, part in enumerate(parts):
        reason = "tool_calls" if n == len(parts) - 1 else None
        choice = {"index": 0, "delta": part, "finish_reason": reason}
        lines.append(json.dumps(head | {"choices": [choice]}, ensure_ascii=False))
    return "".join(f"data: {line}\n\n" for line in (*lines, "[DONE]"))


def without_split_events(body: str) -> str:
    """What a gateway passes on that reads lines as Python's ``str.splitlines`` does."""
    kept = []
    for event in body.split("\n\n"):
        lines = [line for line in event.splitlines() if line]
        data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
        if data and (data == ["[DONE]"] or is_json(data[0])):
            kept.append(event)
    return "\n\n".join(kept) + "\n\n"


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
@pytest.mark.parametrize("forwarded", [False, True], ids=["dropped", "forwarded in halves"])
def test_a_line_reader_on_the_way(mark: str, forwarded: bool) -> None:
    """One finding, though the arguments don't load or say something else."""
    raw = json.dumps({"city": f"Paris is{mark}large and old", "days": 3}, ensure_ascii=False)
    call: Call = ("call_1", "get_weather", raw)
    body = chat_body(*chat_deltas(call, cut(raw, 9)))
    assert mark in body
    assert slugs(case_of(call), decode("openai-chat", body.encode(), stream=True)) == []
    broken = body.replace(mark, "\n") if forwarded else without_split_events(body)
    reply = decode("openai-chat", broken.encode(), stream=True)
    assert slugs(case_of(call), reply) == ["stream-piece-lost"]


def test_a_lost_piece_that_the_complete_arguments_show() -> None:
    events = responses_events((PARIS, cut(RAW)))
    deltas = [n for n, event in enumerate(events) if event["type"].endswith("arguments.delta")]
    del events[deltas[len(deltas) // 2]]
    assert slugs(case_of(PARIS), responses_stream(events)) == ["stream-piece-lost"]
    assert slugs(case_of(kind="unknown"), responses_stream(events)) == ["stream-piece-lost"]


def test_items_that_share_an_output_index() -> None:
    """Item ids tell the calls apart: nothing is invented."""
    events = responses_events((PARIS, cut(RAW)), (ZONE, cut(ZONE[2])))
    for event in events:
        if "output_index" in event:
            event["output_index"] = 0
    judgement = verdict(case_of(PARIS, ZONE), responses_stream(events))
    assert {f.slug for f in judgement.findings if f.severity != "info"} == {"idx-collision"}
    assert [call.name for call in judgement.reply.calls] == ["get_weather", "get_time"]
    assert [call.id for call in judgement.reply.calls] == ["call_1", "call_3"]
    # Both opened before either is filled.
    added = [e for e in events if e["type"].endswith("item.added")]
    rest = [e for e in events if not e["type"].endswith("item.added")]
    both = [rest[0], *added, *rest[1:]]
    judgement = verdict(case_of(PARIS, ZONE), responses_stream(both))
    assert {f.slug for f in judgement.findings if f.severity != "info"} == {"idx-collision"}
    assert [call.name for call in judgement.reply.calls] == ["get_weather", "get_time"]
