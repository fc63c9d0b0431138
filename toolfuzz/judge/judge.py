"""The walk: laws → assemble → structure → pairing → values → causes, each once.

Each stage adds facts, and the defects of that stage are looked for in them. What is broken is
handed on mended, so that one cause gives one finding. What nobody can be blamed for (transport,
refusal, honest cut-off) is ``unjudged``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from toolfuzz.core import effort, patterns
from toolfuzz.core.case import Case
from toolfuzz.core.given import Given
from toolfuzz.core.reply import Reply, ToolCall, WireProblem
from toolfuzz.core.verdict import Finding, Status
from toolfuzz.judge.catalogue import defects, detectors
from toolfuzz.judge.checks import count_checks, schema_valid
from toolfuzz.judge.defect import Stage
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.reading import forget
from toolfuzz.judge.stages import assemble, causes, laws, pairing, structure, values
from toolfuzz.judge.whose import named

__all__ = ["Judgement", "judge"]

_STAGES: tuple[tuple[Stage, Callable[[Facts], None]], ...] = (
    ("laws", laws.advance),
    ("assemble", assemble.advance),
    ("structure", structure.advance),
    ("pairing", pairing.advance),
    ("values", values.advance),
    ("causes", causes.advance),
)
_OF_WHOLE_REPLIES = ("structure", "pairing", "values")
"""Where calls are held against those that were asked for."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with one reply.

    ``reply`` has its calls assembled and its stream mended; ``sent`` are the calls as a client has
    them, unmended. ``called``: it holds a structured
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
    sent: tuple[ToolCall, ...] = ()


def judge(
    case: Case,
    replies: Sequence[Reply | None],
    *,
    counterpart: Sequence[Reply | None] = (),
    max_tokens: int | None = None,
    misfit: str | None = None,
    given: Given | None = None,
    again: Sequence[tuple[Reply, Reply]] | None = None,
) -> Judgement:
    """Judge the last reply of a conversation. Never raises on anything a server can send.

    ``replies`` are those to the case's turns so far, in order, as judged (``Judgement.reply``);
    None stands for an earlier one that wasn't kept. ``counterpart`` are the plain replies to the
    same turns, as far as there are any; ``max_tokens`` is the cap of the request, ``misfit`` what
    is wrong with the history that it held: a server may refuse that. ``given`` is what
    must come beside the calls, where it is known to the letter. ``again`` are the replies (plain
    and streamed) when a model that samples was asked again; None where nothing is left to chance.
    """
    *earlier, reply = replies
    if reply is None:
        raise ValueError("the reply to be judged is missing")
    number = len(earlier)
    plain = counterpart[number] if number < len(counterpart) else None
    facts = Facts(case, number, reply, earlier, plain, max_tokens, misfit, given, again)
    try:
        with effort.bounded(), patterns.untried() as facts.untried:
            if not _walk(facts):
                return _judgement(facts)
    except effort.TooMuchError as error:
        return Judgement("unjudged", (), facts.reply, reason=f"judging: {error}")
    except RecursionError:
        deep = WireProblem("too-deep", "$", "JSON nested deeper than any schema asks for")
        found = tuple(laws.broken([deep]))
        checks, failed = count_checks(facts.turn, found, [])
        return Judgement("fail", found, reply, None, True, False, checks, failed)
    finally:
        forget()
    return Judgement("unjudged", (), facts.reply, reason=facts.excuse)


def _walk(facts: Facts) -> bool:
    """Take the reply through the stages; return whether it is nobody's fault that it fails."""
    for stage, advance in _STAGES:
        if facts.cut and stage in _OF_WHOLE_REPLIES:
            continue
        effort.check()
        seen = len(facts.findings)
        advance(facts)
        for detect in detectors(stage):
            if found := detect(facts):
                facts.findings += found
        errors = [f for f in facts.findings[seen:] if f.severity == "error"]
        if any(facts.refusal or defects()[f.slug].ends for f in errors):
            break
        if facts.excuse is not None:
            return True
        if not facts.readable:
            break
    facts.findings = causes.first(facts.findings)
    return False


def _judgement(facts: Facts) -> Judgement:
    failed = any(f.severity == "error" for f in facts.findings)
    checks, checks_failed = count_checks(facts.turn, facts.findings, facts.matched)
    if facts.cut:
        checks, checks_failed = 1, int(failed)
    reply = replace(facts.reply, calls=tuple(facts.calls or facts.sent or facts.reply.calls))
    return Judgement(
        "fail" if failed else "pass",
        tuple(named(facts)),
        reply,
        called=bool(reply.calls),
        schema_valid=None if facts.cut else schema_valid(facts, facts.sent or reply.calls),
        checks=checks,
        checks_failed=checks_failed,
        sent=tuple(facts.sent or facts.reply.calls),
    )
