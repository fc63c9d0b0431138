"""The layers in order: wire, stream, structure, argument string, schema, values.

Each layer reports what it finds first and hands on the repaired reply, so one cause gives one
finding. What nobody can be blamed for (transport, refusal, honest cut-off) is ``unjudged``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.jsonvalue import canonical, same
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.verdict import Finding, Status
from toolfuzz.formats import wire_format
from toolfuzz.judge import differential, loss, wire
from toolfuzz.judge.arguments import ReadArguments, read
from toolfuzz.judge.call import judge_arguments, validates
from toolfuzz.judge.catalogue import defects, detectors, finding
from toolfuzz.judge.checks import count_checks
from toolfuzz.judge.defect import Stage
from toolfuzz.judge.facts import Facts, MatchedCall
from toolfuzz.judge.names import resolve
from toolfuzz.judge.pairing import Pair
from toolfuzz.judge.reading import load
from toolfuzz.judge.stream import StreamedCall, assemble
from toolfuzz.judge.structure import Structure, examine

__all__ = ["Judgement", "judge"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with one reply.

    ``reply`` has its calls assembled and its stream mended. ``called``: it holds a structured
    call. ``schema_valid``: every call as sent names an offered tool and validates (None without
    a call). ``checks``: one for the reply as a whole and one for every expected call and every
    leaf of its arguments; ``checks_failed`` counts those that an error finding touches.
    """

    status: Status
    findings: tuple[Finding, ...]
    reply: Reply
    reason: str | None = None
    called: bool = False
    schema_valid: bool | None = None
    checks: int = 0
    checks_failed: int = 0


def judge(
    case: Case,
    turn: int,
    reply: Reply,
    *,
    twin: Reply | None = None,
    max_tokens: int | None = None,
) -> Judgement:
    """Judge the reply to one turn of a case. Never raises on anything a server can send.

    ``twin`` is the plain reply to the same question, ``max_tokens`` the cap of the request.
    """
    facts = Facts(case, case.turns[turn], reply, twin, max_tokens)
    try:
        return _judge(facts, turn)
    except RecursionError:
        deep = finding("wire-malformed", "JSON nested deeper than any schema asks for")
        checks, failed = count_checks(facts.turn, [deep], [])
        return Judgement("fail", (deep,), reply, None, True, False, checks, failed)


def _judge(facts: Facts, turn: int) -> Judgement:
    stop = wire.blocked(facts, turn)
    if stop is not None:
        return _stopped(facts, [], stop)
    reply = facts.reply
    findings: list[Finding] = []
    streamed = _assemble(facts, findings)
    tangled = any(f.slug.startswith("idx-") for f in findings)
    findings = [*wire.oddities(reply, explained=tangled), *findings]
    sent = facts.reply.calls
    complete = bool(sent) and all(_loads(call) for call in sent)
    stop = wire.cut_off(facts, sent, complete)
    if stop is not None:
        return _stopped(facts, findings if isinstance(stop, Finding) else [], stop)
    unreadable = any(f.slug in ("wire-malformed", "envelope-nonstandard") for f in findings)
    if unreadable and not sent and not reply.text and reply.legacy is None:
        return _judgement(facts, findings)
    findings += _detected("assemble", facts)
    endings = list(wire.finishes(facts, sent, complete))
    findings += endings
    if any(f.slug == "stream-no-finish" and f.severity == "error" for f in endings):
        return _judgement(facts, findings)
    if streamed:
        findings += _mend(facts, streamed)
    structure = examine(facts)
    facts.reply = replace(facts.reply, calls=tuple(structure.calls))
    findings += structure.findings
    findings += _ids(facts, structure)
    read_calls = _read_all(facts, structure, findings)
    findings += _detected("values", facts)
    findings = _first_causes(findings)
    findings += _divergence(facts, sent, findings)
    return _judgement(facts, findings, read_calls, sent)


def _detected(stage: Stage, facts: Facts) -> list[Finding]:
    return [f for d in detectors(stage) if d.detect is not None for f in d.detect(facts)]


def _assemble(facts: Facts, findings: list[Finding]) -> list[StreamedCall]:
    """Put the calls of a stream together and into the reply, as a client would see them."""
    reply = facts.reply
    if not reply.fragments:
        facts.reply = replace(reply, calls=tuple(_as_object(c, reply.api) for c in reply.calls))
        findings += _inline(reply)
        return []
    streamed, found = assemble(reply, [tool.name for tool in facts.case.tools])
    findings += found
    facts.reply = replace(reply, calls=tuple(call.tool_call() for call in streamed))
    return streamed


def _as_object(call: ToolCall, api: str) -> ToolCall:
    """Read arguments that should be an object as the argument text that they would be elsewhere."""
    if not _takes_objects(api) or call.arguments is None or call.arguments_raw is not None:
        return call
    text = call.arguments if isinstance(call.arguments, str) else strictjson.dumps(call.arguments)
    return replace(call, arguments_raw=text, arguments=None)


def _takes_objects(api: str) -> bool:
    return wire_format(api).traits.arguments == "object"


def _inline(reply: Reply) -> list[Finding]:
    for n, call in enumerate(reply.calls):
        if _takes_objects(reply.api) and isinstance(call.arguments, str):
            return [finding("anthropic-input-inline", "input is a string, not an object", call=n)]
    return []


def _mend(facts: Facts, streamed: Sequence[StreamedCall]) -> list[Finding]:
    """Undo what the stream did to the arguments, as far as an oracle or the syntax shows it."""
    known = _known(facts, streamed)
    findings = []
    if swapped := loss.unswap(streamed, known):
        findings.append(swapped)
    joined = _takes_objects(facts.reply.api)
    calls = []
    for call, right in zip(streamed, known, strict=True):
        mended, found = loss.mend(call, right, joined=joined)
        calls.append(mended)
        if found is not None:
            findings.append(found)
    facts.reply = replace(facts.reply, calls=tuple(calls))
    return findings


def _known(facts: Facts, calls: Sequence[StreamedCall]) -> list[loss.Known]:
    """Collect what the arguments of each streamed call should have been.

    What one call already is, no other call was meant to be (unless it was asked for twice).
    """
    expect = facts.turn.expect
    asked = expect.calls if expect.kind == "calls" and expect.compare == "exact" else ()
    names = {tool.name for tool in facts.case.tools}
    left = [(call.tool, canonical(call.arguments), call.arguments) for call in asked]
    right: dict[int, JsonObject] = {}
    for call in calls:
        value = load("".join(call.pieces))
        name, _ = resolve(call.name, names)
        key = (name, canonical(value)) if value is not None and asked else None
        for candidate in left:
            if candidate[:2] == key:
                right[call.position] = candidate[2]
                left.remove(candidate)
                break
    known = []
    for call in calls:
        if call.position in right:
            values = [right[call.position]]
        else:
            name, _ = resolve(call.name, names)
            values = [v for tool, _, v in left if tool == name] or [v for _, _, v in left]
        known.append(_with_twin(facts.twin, call, values))
    return known


def _with_twin(twin: Reply | None, call: StreamedCall, values: list[JsonObject]) -> loss.Known:
    texts: list[str] = []
    if twin is not None and differential.comparable(twin):
        for other in twin.calls:
            value = load(other.arguments_raw) if other.arguments_raw else None
            if value is not None and other.arguments_raw and other.name == call.name:
                texts.append(other.arguments_raw)
                values = values or [value]
    return loss.Known(tuple(values), tuple(texts))


def _ids(facts: Facts, structure: Structure) -> list[Finding]:
    slugs = {f.slug for f in structure.findings}
    if "legacy-function-call" in slugs:
        return []
    kept = [pair.call for pair in structure.pairs] or structure.calls
    return [
        f
        for f in wire.ids(facts.reply, kept)
        # Calls that were taken apart share the id of the one they came from.
        if not (f.slug == "id-duplicate" and "parallel-merged" in slugs)
    ]


def _read_all(facts: Facts, structure: Structure, findings: list[Finding]) -> list[MatchedCall]:
    """Read and judge the arguments of every call that was not blamed as a whole."""
    expect = facts.turn.expect
    matched = []
    for pair in structure.pairs:
        if not pair.judged:
            continue
        document = _read(facts, pair, len(expect.calls))
        expected = pair.expected
        one = MatchedCall(pair.index, pair.call, pair.tool, expected, document)
        found = list(document.findings)
        if document.value is not None:
            found += judge_arguments(one, facts)
        findings += [f if f.call is not None else replace(f, call=pair.index) for f in found]
        matched.append(one)
    return matched


def _read(facts: Facts, pair: Pair, expected_calls: int) -> ReadArguments:
    document = read(
        pair.call, pair.tool, pair.expected, reply=facts.reply, expected_calls=expected_calls
    )
    stream = _takes_objects(facts.reply.api) and bool(facts.reply.fragments)
    if stream and [f.slug for f in document.findings] == ["args-unparsable"]:
        (found,) = document.findings
        joined = finding("anthropic-bad-partial-json", found.message, actual=found.actual)
        return replace(document, findings=(joined,))
    return document


def _first_causes(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out notes on a stream that has real faults, and what another finding explains."""
    faults = {f.slug for f in findings if f.layer == "stream" and f.severity != "info"}
    slugs = {f.slug for f in findings}
    explained = {slug for found in slugs for slug in defects()[found].explains}
    if faults:
        explained.add("stream-not-incremental")
    if slugs & {"legacy-function-call", "finish-calls-empty", "call-in-content"}:
        explained |= {"finish-stop-with-calls"}
    if "name-concatenated" in slugs or "idx-collision" in slugs:
        explained.add("id-duplicate")
    return [f for f in findings if f.slug not in explained]


def _divergence(
    facts: Facts, sent: Sequence[ToolCall], findings: Sequence[Finding]
) -> list[Finding]:
    """Hold a streamed reply against its plain twin, unless the oracle says that it is right."""
    twin = facts.twin
    if twin is None or not facts.reply.stream or not differential.comparable(twin):
        return []
    known = facts.turn.expect.kind != "unknown"
    if known and not any(f.severity == "error" for f in findings):
        return []
    found = differential.divergence(sent, twin.calls)
    return [found] if found else []


def _stopped(facts: Facts, findings: list[Finding], stop: wire.Unjudged | Finding) -> Judgement:
    if isinstance(stop, Finding):
        return _judgement(facts, [*findings, stop])
    return Judgement("unjudged", (), facts.reply, reason=str(stop))


def _judgement(
    facts: Facts,
    findings: Sequence[Finding],
    read_calls: Sequence[MatchedCall] = (),
    sent: Sequence[ToolCall] = (),
) -> Judgement:
    failed = any(f.severity == "error" for f in findings)
    checks, checks_failed = count_checks(facts.turn, findings, read_calls)
    return Judgement(
        "fail" if failed else "pass",
        tuple(findings),
        facts.reply,
        called=bool(facts.reply.calls),
        schema_valid=_schema_valid(facts, sent or facts.reply.calls),
        checks=checks,
        checks_failed=checks_failed,
    )


def _schema_valid(facts: Facts, calls: Sequence[ToolCall]) -> bool | None:
    """Whether all calls, as a client got them, name an offered tool and validate."""
    if not calls:
        return None
    # What was drawn was validated before it was sent; a recorded expectation wasn't.
    expect = facts.turn.expect
    right = expect.calls if facts.case.origin != "recorded" else ()
    for call in calls:
        tool = facts.case.tool(call.name or "")
        value = load(call.arguments_raw) if call.arguments_raw is not None else None
        if tool is None or value is None:
            return False
        if any(e.tool == tool.name and same(e.arguments, value) for e in right):
            continue
        if not validates(value, tool):
            return False
    return True


def _loads(call: ToolCall) -> bool:
    return call.arguments_raw is not None and load(call.arguments_raw) is not None
