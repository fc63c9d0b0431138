"""One failure in full: what was sent, the bytes that came, expected beside got."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from toolfuzz.analyze.load import RunData
from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Case, ExpectedCall, JsonObject, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.nature import nature_of
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.verdict import Verdict
from toolfuzz.formats import wire_format
from toolfuzz.judge.clients import ClientView, client_views
from toolfuzz.judge.pairing import Pair, pair_up
from toolfuzz.report.html.aligned import Line, aligned
from toolfuzz.report.html.body import Piece, pieces
from toolfuzz.report.html.inert import marked
from toolfuzz.report.turns import AskedTurn, asked_turns
from toolfuzz.runs.reproduce import sent, service_of

__all__ = ["REQUEST_LIMIT", "Compared", "Shown", "evidence"]

REQUEST_LIMIT = 32 * 1024
_LINES = 200
_TEXT_LIMIT = 4000
_CALLS = 20
_REPLAYED = 256 * 1024
_ANY_WAY = "Any calls that lead to the goal of this world."


@dataclass(frozen=True, slots=True)
class Compared:
    """One call: the one asked for and the one that came, either may be missing.

    ``lines`` compare their arguments; ``raw`` is the argument string where it is no JSON object.
    """

    expected: str | None
    got: str | None
    lines: list[Line]
    more: bool
    raw: Markup | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One turn: what was asked, what came, what should have come, what client code makes of it.

    ``fails`` is set where a finding is about it. ``command`` is the request as something to run;
    ``command_cut`` is its whole length where only the beginning is shown, else 0. ``attempts`` are
    those before the one that counts. ``kind`` is the expectation's, ``wanted`` says it in words.
    """

    number: int
    fails: bool
    kind: str
    command: str
    command_cut: int
    note: str
    attempts: tuple[Attempt, ...]
    status: int | None
    error: str | None
    content_type: str
    milliseconds: float
    pieces: list[Piece]
    size: int
    wanted: str
    text: Markup | None
    calls: list[Compared]
    more_calls: int
    clients: list[ClientView]


def evidence(run: RunData, target: Target, verdict: Verdict) -> list[Shown]:
    """Return the turns of a question, as far as its exchanges were kept."""
    failing = {finding.turn for finding in verdict.findings}
    return [
        _shown(run, asked, target, fails=asked.exchange.turn in failing)
        for asked in asked_turns(run, target, verdict)
    ]


def _shown(run: RunData, asked: AskedTurn, target: Target, *, fails: bool) -> Shown:
    case, exchange, reply, turn = asked.case, asked.exchange, asked.reply, asked.turn
    last = exchange.last
    calls = _calls(case, turn, reply)
    command, note = _command(target, run.started.settings, exchange)
    return Shown(
        number=exchange.turn + 1,
        fails=fails,
        kind=turn.expect.kind,
        command=command[:REQUEST_LIMIT],
        command_cut=len(command) if len(command) > REQUEST_LIMIT else 0,
        note=note,
        attempts=exchange.attempts[:-1],
        status=last.status,
        error=last.error,
        content_type=last.headers.get("content-type", ""),
        milliseconds=last.total_ms,
        pieces=list(pieces(last, wire_format(target.format))),
        size=len(last.body),
        wanted=_wanted(turn) if case.world is None else _ANY_WAY,
        text=marked(reply.text[:_TEXT_LIMIT]) if reply.text.strip() else None,
        calls=calls[:_CALLS],
        more_calls=max(len(calls) - _CALLS, 0),
        clients=_clients(case, target, exchange) if case.world is None else [],
    )


def _command(target: Target, settings: JsonObject, exchange: Exchange) -> tuple[str, str]:
    body = exchange.request
    if not nature_of(target).over_http:
        note = "What the parser was given; no request went over a network."
        return json.dumps(body, indent=2), note
    try:
        service = service_of(target, settings)
    except UsageError:
        return json.dumps(body, indent=2), "The address is no longer known; this is the body."
    command = service.curl(sent(target, body, stream=exchange.stream), stream=exchange.stream)
    return command, f"First: {service.start}" if service.start else ""


def _clients(case: Case, target: Target, exchange: Exchange) -> list[ClientView]:
    last = exchange.last
    if len(last.body) > _REPLAYED:
        return []
    return client_views(last, target.format, stream=exchange.stream, case=case, turn=exchange.turn)


def _wanted(turn: Turn) -> str:
    expect = turn.expect
    match expect.kind:
        case "no_call":
            return "A reply without any call."
        case "unknown":
            return "Not known; only the schema and the wire were judged."
    count = len(expect.calls)
    words = [f"{count} call{'' if count == 1 else 's'}"]
    words.append("in this order" if expect.order == "given" and count > 1 else "")
    words.append("with any arguments that validate" if expect.compare == "schema" else "")
    return f"{' '.join(filter(None, words))}."


def _calls(case: Case, turn: Turn, reply: Reply) -> list[Compared]:
    expected = turn.expect.calls
    pairs = [Pair(n, call, case.tool(call.name or "")) for n, call in enumerate(reply.calls)]
    _, missing = pair_up(pairs, expected)
    exact = turn.expect.compare == "exact"
    compared = [_compared(pair.expected, pair.call, exact=exact) for pair in pairs]
    return [*compared, *(_compared(call, None, exact=exact) for call in missing)]


def _compared(wanted: ExpectedCall | None, call: ToolCall | None, *, exact: bool) -> Compared:
    left = wanted.arguments if wanted and exact else None
    right, raw = _arguments(call)
    compare = partial(aligned, most=_LINES)
    if raw is not None or call is None:
        lines, more = compare(left, left) if left is not None else ([], False)
    else:
        lines, more = compare(right if left is None else left, right)
    return Compared(wanted.tool if wanted else None, _name(call), lines, more, raw)


def _name(call: ToolCall | None) -> str | None:
    return None if call is None else call.name or "(no name)"


def _arguments(call: ToolCall | None) -> tuple[Any, Markup | None]:
    """Return the arguments as a value, and as text where they are no JSON object."""
    if call is None:
        return None, None
    if call.arguments_raw is None:
        return None, marked(strictjson.dumps(call.arguments)[:_TEXT_LIMIT])
    try:
        value = strictjson.parse(call.arguments_raw).value
    except strictjson.JsonError:
        value = None
    if isinstance(value, dict):
        return value, None
    return None, marked(call.arguments_raw[:_TEXT_LIMIT])
