"""Recorded exchanges, read from a file and judged without a network.

Three kinds of lines are known: our own exchange format, a run's journal, and the results file of
the public vendor verifiers (github.com/MoonshotAI/K2-Vendor-Verifier), in which the official SDK
has already merged a streamed reply.
"""

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolfuzz.core.ask import turns_of
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, ExchangeRecorded, RunStarted, event_from_json
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.formats import USUAL, guess, wire_format
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.lines import lines_of
from toolfuzz.runs.told import ToldByRun, question_name

__all__ = ["BadLine", "Judged", "judge_lines", "judge_one"]


_EVENT = re.compile(r"\s*(?:(?:data|event|id|retry)\s*:|:)")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be read as an exchange; ``number`` counts from 1."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One exchange and what the judge says of it. ``source`` tells targets of a journal apart."""

    id: str
    judgement: Judgement
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Recorded:
    """One exchange as read from a line, ready to be judged."""

    id: str
    case: Case
    replies: Sequence[Reply | None]
    cap: int | None
    counterpart: Sequence[Reply | None] = ()
    source: str = ""
    question: str = ""


def judge_lines(path: Path, policy: Policy) -> Iterator[Judged | BadLine]:
    """Judge a file line by line, in its order; a bad line is reported and the rest goes on.

    ``-`` is standard input. Raises UsageError when the file can't be read at all.
    """
    journal = _Journal()
    told = ToldByRun(path)
    for number, line in enumerate(lines_of(path), 1):
        if not line.strip():
            continue
        try:
            recorded = _read(line, number, journal)
        except UsageError as error:
            yield BadLine(number, error.message)
            continue
        if recorded is None:
            continue
        judgement = judge(
            recorded.case,
            recorded.replies,
            counterpart=recorded.counterpart,
            max_tokens=recorded.cap,
        )
        if recorded.question:
            journal.remember(recorded, judgement.reply)
        judgement = policy.apply(judgement)
        if judgement.status == "unjudged":
            judgement = told.instead(recorded.question, judgement, policy)
        yield Judged(recorded.id, judgement, recorded.source)


def judge_one(
    request: JsonObject,
    reply: Json,
    *,
    expect: JsonObject | None = None,
    format: str | None = None,
    stream: bool = False,
    status: int = 200,
) -> Judgement:
    """Judge one reply to one request body (see ``toolfuzz.judge_reply``); raises UsageError."""
    named = format or guess(request).name
    recorded = _recorded("reply", named, request, _as_bytes(reply), status, stream, expect)
    return judge(recorded.case, recorded.replies, max_tokens=recorded.cap)


class _Journal:
    """What earlier lines of a run's journal said: formats, cases, and replies turn by turn."""

    def __init__(self) -> None:
        self.formats: dict[str, str] = {}
        self.cases: dict[str, Case] = {}
        self._replies: dict[tuple[str, bool], dict[int, Reply]] = {}

    def before(self, question: str, stream: bool, turn: int) -> list[Reply | None]:
        """Return what was said to a question's turns before one (to all if asked for more)."""
        known = self._replies.get((question, stream), {})
        return [known.get(n) for n in range(turn)]

    def remember(self, recorded: _Recorded, reply: Reply) -> None:
        turn = len(recorded.replies) - 1
        self._replies.setdefault((recorded.question, reply.stream), {})[turn] = reply


def _read(line: str, number: int, journal: _Journal) -> _Recorded | None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not JSON: {error}") from None
    if not isinstance(data, dict):
        raise UsageError("not a JSON object")
    if "event" in data:
        return _from_journal(data, journal)
    request, response = data.get("request"), data.get("response")
    if not isinstance(request, dict) or not isinstance(response, dict):
        raise UsageError("an exchange needs the objects `request` and `response`")
    label = str(data.get("id", data.get("data_index", number)))
    if response.keys() & {"body", "sse", "body_base64"}:
        return _from_exchange(data, label, request, response)
    return _from_verifier(data, label, request, response)


def _from_journal(data: JsonObject, journal: _Journal) -> _Recorded | None:
    match event_from_json(data):
        case RunStarted() as begun:
            journal.formats |= {target.name: target.format for target in begun.targets}
        case CaseDrawn(case):
            journal.cases[case.id] = case
        case ExchangeRecorded(exchange):
            known = journal.cases.get(exchange.case_id)
            if known is None or exchange.turn >= len(known.turns):
                raise UsageError(f"no case {exchange.case_id} stands before this exchange")
            if exchange.last.withheld:
                raise UsageError("its body was withheld, since it spelled a secret")
            known_format = journal.formats.get(exchange.target)
            format_ = wire_format(known_format or guess(exchange.request).name)
            turn, stream = exchange.turn, exchange.stream
            question = question_name(exchange)
            reply = format_.read(exchange.last, stream=stream)
            return _Recorded(
                id=f"{exchange.case_id}/{turn}/{exchange.target}/{exchange.repeat}",
                case=known,
                replies=[*journal.before(question, stream, turn), reply],
                cap=format_.cap(exchange.request),
                counterpart=journal.before(question, False, turn + 1) if stream else (),
                source=exchange.target,
                question=question,
            )
    return None


def _from_exchange(
    data: JsonObject, label: str, request: JsonObject, response: JsonObject
) -> _Recorded:
    named = _format_named(data) or guess(request).name
    if not isinstance(named, str):
        raise UsageError("`format` must be the name of a wire format")
    stream = "sse" in response or response.get("stream") is True
    if not stream and _is_event_stream(response.get("body")):
        stream = wire_format(named).read_request(request).stream
    content = _content(response)
    return _recorded(label, named, request, content, _status(response), stream, data.get("expect"))


def _content(response: JsonObject) -> bytes:
    if "body_base64" not in response:
        return _as_bytes(response["sse"] if "sse" in response else response["body"])
    try:
        return base64.b64decode(response["body_base64"], validate=True)
    except (TypeError, ValueError):
        raise UsageError("`response.body_base64` is not base64") from None


def _is_event_stream(body: Json) -> bool:
    return isinstance(body, str) and _EVENT.match(body) is not None


def _format_named(data: JsonObject) -> Any:
    """Return what a line says its wire format is; older files call it ``api``."""
    return data.get("format", data.get("api"))


def _from_verifier(
    data: JsonObject, label: str, request: JsonObject, response: JsonObject
) -> _Recorded:
    if data.get("status") == "failed" or set(response) == {"error"}:
        error = _as_bytes({"error": {"message": str(response.get("error"))}})
        return _recorded(label, USUAL, request, error, 502, False, None)
    if "choices" not in response:
        raise UsageError("`response` has neither `body` nor `sse` nor `choices`")
    return _recorded(label, USUAL, request, _as_bytes(response), 200, False, None)


def _recorded(
    label: str,
    named: str,
    request: JsonObject,
    content: bytes,
    status: int,
    stream: bool,
    expect: Json,
) -> _Recorded:
    format_ = wire_format(named)
    ask = format_.read_request(request)
    case = Case("recorded", "recorded", (), ask.tools, turns_of(ask, _expectation(expect)))
    content_type = format_.framing.content_type if stream else "application/json"
    attempt = Attempt(
        started=0.0,
        first_byte_ms=None,
        total_ms=0.0,
        status=status,
        headers={"content-type": content_type},
        chunks=((0.0, content),),
    )
    reply = format_.read(attempt, stream=stream)
    return _Recorded(label, case, [*ask.replies, reply], ask.max_tokens)


def _as_bytes(body: Json) -> bytes:
    """Return the bytes of a body that is text or JSON.

    Half of a surrogate pair (``\\ud83d``) is no text: its bytes are those that no UTF-8 has.
    """
    text = body if isinstance(body, str) else json.dumps(body)
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _status(response: JsonObject) -> int:
    status = response.get("status", 200)
    if not isinstance(status, int) or isinstance(status, bool):
        raise UsageError("`response.status` must be an HTTP status number")
    return status


def _expectation(expect: Json) -> Expectation:
    if expect is None:
        return Expectation("unknown")
    if not isinstance(expect, dict):
        raise UsageError("`expect` must be an object with `calls` or `no_call`")
    if expect.get("no_call") is True:
        return Expectation("no_call")
    calls = expect.get("calls")
    if not isinstance(calls, list):
        raise UsageError("`expect` needs `calls`, a list, or `no_call`: true")
    return Expectation("calls", tuple(_expected_call(call) for call in calls))


def _expected_call(call: Any) -> ExpectedCall:
    match call:
        case {"name": str(name), "arguments": dict(arguments)}:
            return ExpectedCall(name, arguments)
    raise UsageError("each of `expect.calls` needs `name` and the object `arguments`")
