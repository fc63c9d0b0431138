"""One question as it was: what was said and offered, what came, in bytes and to a client."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from toolfuzz.analyze.load import RunData, causes, last_of_each_turn, question
from toolfuzz.core.case import Case, Json, JsonObject, Turn
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.reply import Reply, arguments_of
from toolfuzz.core.talk import at_last_turn
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.evidence.clients import client_sentences
from toolfuzz.evidence.difference import MOST_LINES, difference, pointed_out
from toolfuzz.evidence.excerpt import excerpt
from toolfuzz.evidence.hexdump import hexdump
from toolfuzz.evidence.relay.sides import Sides
from toolfuzz.evidence.signature import signature
from toolfuzz.evidence.turns import judged_turns, way
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import Judgement
from toolfuzz.runs.reproduce import native_text, sent, service_of
from toolfuzz.worlds.play import gone_on
from toolfuzz.worlds.transcript import Line, condensed, transcript

__all__ = ["asked", "raw_reply", "shown_case", "shown_reply"]

_MOST_BODY = 4000


def shown_case(case: Case) -> JsonObject:
    """Return what a case asks and expects; of a world its first turn."""
    last = case.turns[-1]
    return {
        "case": case.id,
        "origin": case.origin,
        "tools": [signature(tool) for tool in case.tools_at(len(case.turns) - 1)],
        "said": [*_said(_scripted(case), last)],
        "expected": _expected(case, len(case.turns) - 1),
        "world": way(case),
    }


def shown_reply(run: RunData, verdict: Verdict, sides: Sequence[Sides] = ()) -> JsonObject:
    """Return what came of a question, up to the turn that failed, with all that led to it.

    ``run`` must have kept its exchanges, ``sides`` are what a gateway made of each turn. Raises
    UsageError where the bytes are missing.
    """
    until = _until(run, verdict)
    exchange, target = until[-1], _target(run, verdict)
    judgements = judged_turns(run.cases[verdict.case_id], target.format, until)
    case = gone_on(run.cases[verdict.case_id], [j.reply for j in judgements])
    turn, format = case.at(exchange.turn), wire_format(target.format)
    body = format.show(exchange.last.body)
    here = [f for f in verdict.findings if f.turn == exchange.turn]
    return {
        "case": verdict.case_id,
        "origin": case.origin,
        "target": verdict.target,
        "stream": verdict.stream,
        "repeat": verdict.repeat,
        "verdict": verdict.status,
        "reason": verdict.reason,
        "turn": exchange.turn + 1,
        "tools": [signature(tool) for tool in case.tools_at(exchange.turn)],
        "said": [*_said(_history(case, until, judgements), turn)],
        "expected": _expected(case, exchange.turn),
        "world": way(case),
        "got": [{"name": c.name, "arguments": _came(c)} for c in judgements[-1].sent],
        "text": clip(judgements[-1].reply.text),
        "difference": _difference(turn, judgements[-1]),
        "findings": [_finding(found) for found in here],
        "rebuilt_from": run.started.settings.get("rebuilt_from"),
        "status": exchange.last.status,
        "error": exchange.last.error,
        "bytes": excerpt(body, here[0]) if here else clip(body, _MOST_BODY),
        "hexdump": hexdump(exchange.last.body, here[0], format) if here else [],
        "clients": client_sentences(exchange, target.format, case),
        "upstream": [_upstream(s) for s in sides if s.client.turn == exchange.turn],
        **_again(run, target, exchange),
    }


def asked(run: RunData, verdict: Verdict, sides: Sequence[Sides] = ()) -> JsonObject:
    """Return what led to a reply: ``tools`` on offer, what was ``said``, ``hexdump`` of its bytes.

    ``upstream`` is what a gateway asked and was answered, by its ``sides``. Raises UsageError as
    ``shown_reply`` does.
    """
    until = _until(run, verdict)
    exchange, target = until[-1], _target(run, verdict)
    judgements = judged_turns(run.cases[verdict.case_id], target.format, until)
    case = gone_on(run.cases[verdict.case_id], [j.reply for j in judgements])
    here = [f for f in verdict.findings if f.turn == exchange.turn]
    format, body = wire_format(target.format), exchange.last.body
    return {
        "tools": [signature(tool) for tool in case.tools_at(exchange.turn)],
        "said": [*_said(_history(case, until, judgements), case.at(exchange.turn))],
        "world": way(case),
        "hexdump": hexdump(body, here[0], format) if here else [],
        "upstream": [_upstream(s) for s in sides if s.client.turn == exchange.turn],
    }


def raw_reply(run: RunData, verdict: Verdict) -> bytes:
    """Return every byte of the reply that ``shown_reply`` shows; raises UsageError as it does."""
    return _until(run, verdict)[-1].last.body


def _until(run: RunData, verdict: Verdict) -> list[Exchange]:
    """Return a question's exchanges up to the one that failed."""
    exchanges = last_of_each_turn(run.exchanges.get(question(verdict), []))
    if not exchanges:
        raise UsageError(
            f"the journal lacks the bytes of case {verdict.case_id}", "is it the whole run.jsonl?"
        )
    failing = causes(verdict)
    return [e for e in exchanges if not failing or e.turn <= failing[0].turn] or exchanges[:1]


def _target(run: RunData, verdict: Verdict) -> Target:
    return next(t for t in run.started.targets if t.name == verdict.target)


def _scripted(case: Case) -> list[tuple[Turn, Reply]]:
    return list(at_last_turn(case).history)


def _history(
    case: Case, until: Sequence[Exchange], judgements: Sequence[Judgement]
) -> list[tuple[Turn, Reply]]:
    """Return the turns before the last one; of a recorded conversation what its client said."""
    if case.is_recorded:
        return _scripted(case)
    replies = {e.turn: j.reply for e, j in zip(until, judgements, strict=True)}
    return [(case.at(n), replies[n]) for n in range(until[-1].turn) if n in replies]


def _said(history: Sequence[tuple[Turn, Reply]], last: Turn) -> Iterator[JsonObject]:
    for line in condensed([*transcript(history, ())]):
        yield {"who": "", "text": "…"} if line is None else _line(line)
    for message in last.messages:
        yield {"who": message.role, "text": message.content}


def _line(line: Line) -> JsonObject:
    if line.who != "call":
        return {"who": line.who, "text": line.text}
    return {"who": "call", "text": f"{line.tool} {line.text}", "result": line.result}


def _expected(case: Case, turn: int) -> list[JsonObject] | None:
    """Return the calls that are right, None where nobody knows: of a call, or of its arguments."""
    if not case.knows_answer(turn):
        return None
    exact = case.knows_arguments(turn)
    calls = case.at(turn).expect.calls
    return [{"name": c.tool, "arguments": c.arguments if exact else None} for c in calls]


def _came(call: Any) -> Json:
    """Return a call's arguments as a value, as the text that came where it is none."""
    return arguments_of(call, broken=call.arguments_raw)


def _difference(turn: Turn, judgement: Judgement) -> list[str]:
    """Return expected and got as the body of a diff; nothing where either is missing."""
    right, came = turn.expect.calls, judgement.sent
    if not right or not came or turn.expect.compare != "exact":
        return []
    one = [text for call in right for text in _lines(call.tool, call.arguments)]
    got = [
        _lines(call.name or "(no name)", _like(_came(call), wanted.arguments if wanted else None))
        for call, wanted in zip(came, [*right, *[None] * len(came)], strict=False)
    ]
    lines = difference(one, [text for lines in got for text in lines])
    return list(pointed_out(lines[:MOST_LINES]))


def _lines(name: str, arguments: Json) -> list[str]:
    text = arguments if isinstance(arguments, str) else _pretty(arguments)
    return [name, *text.split("\n")]


def _pretty(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _like(value: Json, other: Json) -> Any:
    """Return a value with its keys in the order of another one's: the order says nothing."""
    if isinstance(value, dict) and isinstance(other, dict):
        keys = [
            *(key for key in other if key in value),
            *(key for key in value if key not in other),
        ]
        return {key: _like(value[key], other.get(key)) for key in keys}
    if isinstance(value, list) and isinstance(other, list):
        pairs = zip(value, [*other, *[None] * len(value)], strict=False)
        return [_like(item, like) for item, like in pairs]
    return value


def _finding(found: Finding) -> JsonObject:
    return {
        "slug": found.slug,
        "severity": found.severity,
        "call": found.call,
        "pointer": found.pointer,
        "shape": found.shape,
        "message": found.message,
    }


def _upstream(sides: Sides) -> JsonObject:
    """Return what a gateway asked and was answered, the last time."""
    if not sides.upstream:
        return {"format": None, "asked": None, "answered": None, "times": 0}
    other = sides.upstream[-1]
    last = other.exchange.last
    return {
        "format": other.format,
        "asked": other.exchange.request,
        "status": last.status,
        "answered": clip(wire_format(other.format).show(last.body), _MOST_BODY),
        "times": len(sides.upstream),
    }


def _again(run: RunData, target: Target, exchange: Exchange) -> JsonObject:
    """Return how to send it again: a shell command, and the server that it needs."""
    if not run.nature(target.name).over_http:
        return {"native": native_text(exchange), "start": "", "curl": ""}
    try:
        service = service_of(target, run.started.settings)
    except UsageError:
        return {"native": None, "start": "", "curl": ""}
    request = sent(target, exchange.request, stream=exchange.stream)
    command = service.curl(request, stream=exchange.stream)
    return {"native": None, "start": service.start, "curl": command}
