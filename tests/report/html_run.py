"""Runs with exchanges: any text stands wherever a model, a server or a user can put it."""

import json
from collections.abc import Iterable
from typing import Any

from toolfuzz.analyze.load import RunData, collect
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.events import (
    CaseDrawn,
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    VerdictReached,
)
from toolfuzz.core.exchange import Attempt, Exchange, Target, TargetKind
from toolfuzz.core.verdict import Finding, Metrics, Verdict

MODELS = ("model-a", "model-b")


def a_case(number: int, text: str = "plain") -> Case:
    schema = {
        "type": "object",
        "properties": {"note": {"type": "string", "description": text}},
        "required": ["note"],
    }
    tool = Tool(f"tool_{number}", text, schema)
    wanted = {"note": f"{text} {number}", "count": number}
    turn = Turn((Message("user", text),), Expectation("calls", (ExpectedCall(tool.name, wanted),)))
    probe = ("echo", "choose")[number % 2]
    features = ("string", f"feature {text}")[: 1 + number % 2]
    return Case("generated", probe, features, (tool,), (turn,))


def a_body(case: Case, text: str, *, stream: bool, pad: int = 0) -> list[bytes]:
    """Return the chunks of an answer that has ``text`` where a value belongs."""
    name, arguments = case.tools[0].name, json.dumps({"note": text, "extra": [text], text: text})
    call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}
    message = {"role": "assistant", "content": text + " " * pad, "tool_calls": [call]}
    if not stream:
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        body = {"id": "x", "object": "chat.completion", "created": 0, "model": text}
        return [json.dumps({**body, "choices": [choice]}, ensure_ascii=False).encode(
            "utf-8", "backslashreplace"
        )]  # fmt: skip
    delta = {"tool_calls": [{"index": 0, **call}], "content": text + " " * pad}
    events = [
        {"index": 0, "delta": delta, "finish_reason": None},
        {"index": 0, "delta": {}, "finish_reason": "tool_calls"},
    ]
    frame = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": text}
    lines = [f"data: {json.dumps({**frame, 'choices': [e]})}\n\n".encode() for e in events]
    return [*lines, b"data: [DONE]\n\n"]


def a_run(text: str = "plain", *, keep_exchanges: bool = True, **given: Any) -> RunData:
    """Return the run of ``events_of``."""
    return collect(events_of(text, **given), keep_exchanges=keep_exchanges)


def events_of(
    text: str = "plain",
    *,
    cases: int = 6,
    failing: int = 2,
    kind: TargetKind = "http",
    models: Iterable[str] = MODELS,
    pad: int = 0,
    body: list[bytes] | None = None,
    started: float = 1_763_856_000.0,
) -> list[Event]:
    """Return a run in which the first ``failing`` cases of each six fail on the last model.

    Even cases are asked plain, odd ones streamed; the last case of six is unjudged.
    """
    names = tuple(models)
    endpoint = "engine" if kind == "engine" else "local"
    targets = tuple(Target(n, endpoint, n, "openai-chat", kind=kind) for n in names)
    events: list[Event] = [
        RunStarted(started, "0.1.0", targets, {"seed": 3, "base_url": "http://h.test/v1"})
    ]
    for number in range(cases):
        case = a_case(number, text)
        events.append(CaseDrawn(case))
        for place, name in enumerate(names):
            stream = number % 2 == 1
            wrong = place == len(names) - 1 and number % 6 < failing
            chunks = body or a_body(case, text, stream=stream, pad=pad)
            attempt = Attempt(
                0.0,
                80.0,
                120.0 + number % 300,
                200,
                {"content-type": "application/json"},
                tuple((80.0 + n, chunk) for n, chunk in enumerate(chunks)),
            )
            request = {"model": name, "stream": stream, "messages": [{"content": text}]}
            exchange = Exchange(case.id, 0, name, 0, stream, request, (attempt,))
            events += [
                ExchangeRecorded(exchange),
                VerdictReached(_verdict(case, name, stream, number, text, wrong=wrong)),
            ]
    return [*events, RunFinished(started + 60.0)]


def _verdict(
    case: Case, name: str, stream: bool, number: int, text: str, *, wrong: bool
) -> Verdict:
    metrics = Metrics(
        latency_ms=120.0 + number % 300, called=True, schema_valid=True, checks=3,
        input_tokens=100, output_tokens=10,
    )  # fmt: skip
    if number % 6 == 5:
        return Verdict(case.id, name, 0, stream, "unjudged", (), f"why {text}", "", metrics)
    slug = ("object-as-json-string", "whitespace-stripped")[number % 2]
    finding = Finding(
        slug, "error", "values", f"message {text}", 0, f"/{text}", "/properties/note",
        f"shape {text}", {text: [text]}, text,
    )  # fmt: skip
    findings = (finding,) if wrong else ()
    status = "fail" if wrong else "pass"
    return Verdict(case.id, name, 0, stream, status, findings, None, "", metrics)
