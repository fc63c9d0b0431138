"""Recorded exchanges as they stand in a file: each line read, ready to be judged.

Three kinds of lines are known: our own exchange format, a run's journal, and the results file of
the public vendor verifiers (github.com/MoonshotAI/K2-Vendor-Verifier), in which the official SDK
has already merged a streamed reply.
"""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.ask import Ask, turns_of
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, ExchangeRecorded, RunStarted, event_from_json
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.formats import USUAL, format_names, guess, wire_format
from toolfuzz.formats.history import misfit
from toolfuzz.runs.told import question_name
from toolfuzz.worlds.play import gone_on

__all__ = ["Journal", "Recorded", "read_attempt", "read_exchange", "read_line"]

_EVENT = re.compile(r"\s*(?:(?:data|event|id|retry)\s*:|:)")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange as read from a line, ready to be judged.

    ``replies`` are those to the case's turns so far. ``counterpart`` are the plain replies to the
    same turns, ``source`` and ``question`` the target and the question of a run. Of other lines
    ``ask`` is what the request says, ``misfit`` what is wrong with the history that it holds;
    ``note`` says what else is odd about the conversation.
    """

    id: str
    case: Case
    replies: Sequence[Reply | None]
    cap: int | None
    counterpart: Sequence[Reply | None] = ()
    source: str = ""
    question: str = ""
    ask: Ask | None = None
    misfit: str | None = None
    note: str = ""


class Journal:
    """What earlier lines of a run's journal said: formats, cases, and replies turn by turn."""

    def __init__(self) -> None:
        self.formats: dict[str, str] = {}
        self.cases: dict[str, Case] = {}
        self._replies: dict[tuple[str, bool], dict[int, Reply]] = {}

    def before(self, question: str, stream: bool, turn: int) -> list[Reply | None]:
        """Return what was said to a question's turns before one (to all if asked for more)."""
        known = self._replies.get((question, stream), {})
        return [known.get(n) for n in range(turn)]

    def remember(self, recorded: Recorded, reply: Reply) -> None:
        """Keep the reply to a turn for those after it."""
        turn = len(recorded.replies) - 1
        self._replies.setdefault((recorded.question, reply.stream), {})[turn] = reply


def read_line(line: str, number: int, journal: Journal) -> Recorded | None:
    """Read a line; None for one that holds no exchange. Raises UsageError."""
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


def read_exchange(
    label: str,
    named: str,
    request: JsonObject,
    content: bytes | Json,
    *,
    status: int = 200,
    stream: bool = False,
    expect: Json = None,
) -> Recorded:
    """Put a request and what came back together; raises UsageError."""
    format_ = wire_format(named)
    content_type = format_.framing.content_type if stream else "application/json"
    attempt = Attempt(
        started=0.0,
        first_byte_ms=None,
        total_ms=0.0,
        status=status,
        headers={"content-type": content_type},
        chunks=((0.0, content if isinstance(content, bytes) else _as_bytes(content)),),
    )
    return read_attempt(label, named, request, attempt, stream=stream, expect=expect)


def read_attempt(
    label: str,
    named: str,
    request: JsonObject,
    attempt: Attempt,
    *,
    path: str = "",
    stream: bool = False,
    expect: Json = None,
) -> Recorded:
    """Put a request, sent to ``path`` where that is known, and an attempt together."""
    format_ = wire_format(named)
    ask = format_.read_request(request, path=path)
    case = Case("recorded", "recorded", (), ask.tools, turns_of(ask, _expectation(expect)))
    reply = format_.read(attempt, stream=stream)
    wrong = misfit(ask)
    note = _foreign(named, request, ask) or (f"the history doesn't fit: {wrong}" if wrong else "")
    replies = [*ask.replies, reply]
    return Recorded(label, case, replies, ask.max_tokens, ask=ask, misfit=wrong, note=note)


def _foreign(named: str, request: JsonObject, ask: Ask) -> str:
    """Say when the calls in a request's history can be read in another wire format only."""
    if any(reply.calls for reply in ask.replies) or (ask.said and not ask.replies):
        return ""
    others = (name for name in format_names() if name != named)
    for other in others:
        calls = sum(len(r.calls) for r in wire_format(other).read_request(request).replies)
        if calls:
            return f"the history doesn't fit {named}: its calls are written as in {other}"
    return "" if ask.said else f"the request holds nothing that {named} can say"


def _from_journal(data: JsonObject, journal: Journal) -> Recorded | None:
    match event_from_json(data):
        case RunStarted() as begun:
            journal.formats |= {target.name: target.format for target in begun.targets}
        case CaseDrawn(case):
            journal.cases[case.id] = case
        case ExchangeRecorded(exchange):
            known = journal.cases.get(exchange.case_id)
            question, turn = question_name(exchange), exchange.turn
            before = journal.before(question, exchange.stream, turn)
            if known is not None:
                known = gone_on(known, [reply for reply in before if reply is not None])
            if known is None or turn >= len(known.turns):
                raise UsageError(f"no case {exchange.case_id} stands before this exchange")
            if exchange.last.withheld:
                raise UsageError("its body was withheld, since it spelled a secret")
            known_format = journal.formats.get(exchange.target)
            format_ = wire_format(known_format or guess(exchange.request).name)
            stream = exchange.stream
            reply = format_.read(exchange.last, stream=stream)
            lost = ", ".join(str(n + 1) for n, earlier in enumerate(before) if earlier is None)
            return Recorded(
                id=f"{exchange.case_id}/{turn}/{exchange.target}/{exchange.repeat}",
                case=known,
                replies=[*before, reply],
                cap=format_.cap(exchange.request),
                counterpart=journal.before(question, False, turn + 1) if stream else (),
                source=exchange.target,
                question=question,
                note=f"turn {turn + 1} is here without turn {lost}" if lost else "",
            )
    return None


def _from_exchange(
    data: JsonObject, label: str, request: JsonObject, response: JsonObject
) -> Recorded:
    named = _format_named(data) or guess(request).name
    if not isinstance(named, str):
        raise UsageError("`format` must be the name of a wire format")
    stream = "sse" in response or response.get("stream") is True
    if not stream and _is_event_stream(response.get("body")):
        stream = wire_format(named).read_request(request).stream
    return read_exchange(
        label,
        named,
        request,
        _content(response),
        status=_status(response),
        stream=stream,
        expect=data.get("expect"),
    )


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
) -> Recorded:
    if data.get("status") == "failed" or set(response) == {"error"}:
        error = {"error": {"message": str(response.get("error"))}}
        return read_exchange(label, USUAL, request, error, status=502)
    if "choices" not in response:
        raise UsageError("`response` has neither `body` nor `sse` nor `choices`")
    return read_exchange(label, USUAL, request, response)


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
