"""What a bug report shows of a conversation: the turns up to the one that failed."""

import json
from collections.abc import Sequence
from typing import Any

from toolfuzz.analyze.contrast import Tally
from toolfuzz.core.case import Case, JsonObject, Turn
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.given import given_of
from toolfuzz.core.reply import Reply
from toolfuzz.core.text import pretty
from toolfuzz.evidence.details import FailureDetails
from toolfuzz.evidence.minimize import Minimized
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.worlds.play import gone_on
from toolfuzz.worlds.spec import world_of

__all__ = [
    "arguments",
    "control",
    "earlier_turns",
    "expected",
    "got",
    "judged",
    "judged_turns",
    "offered",
    "played",
    "prompt",
    "way",
]

_MOST_TEXT = 4000


def judged(details: FailureDetails) -> list[Judgement]:
    """Judge what came in each turn up to the one that failed, as far as it was kept."""
    exchanges = [*details.earlier, details.exchange]
    return judged_turns(details.case, details.target.format, exchanges)


def judged_turns(case: Case, format: str, exchanges: Sequence[Exchange]) -> list[Judgement]:
    """Judge what came in turns of a case, of which the first ones may be missing."""
    read = wire_format(format).read
    unknown: list[Reply | None] = [None] * (exchanges[-1].turn - len(exchanges) + 1)
    found: list[Judgement] = []
    for exchange in exchanges:
        came = read(exchange.last, stream=exchange.stream)
        now = gone_on(case, [j.reply for j in found])
        replies = [*unknown, *(j.reply for j in found), came]
        found.append(judge(now, replies, given=given_of(exchange.request)))
    return found


def played(details: FailureDetails, judgements: Sequence[Judgement]) -> Case:
    """Return the case with its turns up to the one that failed, also those of a world."""
    return gone_on(details.case, [judgement.reply for judgement in judgements])


def way(case: Case) -> JsonObject | None:
    """Return what a world wants: its goal, its rules and one shortest way; else None."""
    if case.world is None:
        return None
    world = world_of(case)
    goal = [f"{check.kind} {check.id}, {check.field}: {pretty(check.want)}" for check in world.goal]
    rules = [str(rule.settings.get("says") or rule.kind) for rule in world.rules]
    calls = [
        [f"{call.tool}({json.dumps(call.arguments)})" for call in calls] for calls in world.gold
    ]
    return {"dimension": world.dimension, "goal": goal, "rules": rules, "calls": calls}


def earlier_turns(
    details: FailureDetails, case: Case, judgements: Sequence[Judgement]
) -> list[JsonObject]:
    """Return the turns before the one that failed: what was said, what came, what went back."""
    return [
        {
            "number": exchange.turn + 1,
            "prompt": prompt(case.at(exchange.turn)),
            "got": got(judgement),
            "text": _cut(judgement.reply.text),
            "results": [_cut(r) for r in case.at(exchange.turn).results],
        }
        for exchange, judgement in zip(details.earlier, judgements, strict=False)
    ]


def prompt(turn: Turn) -> str:
    """Return what the user said last in the turn; empty where only results were sent."""
    return _cut(turn.messages[-1].content) if turn.messages else ""


def expected(turn: Turn) -> list[JsonObject]:
    """Return the calls that are right in the turn."""
    return [{"name": c.tool, "arguments": pretty(c.arguments)} for c in turn.expect.calls]


def got(judgement: Judgement) -> list[JsonObject]:
    """Return the calls as they came, not as the judge mends them to read on."""
    return [
        {"name": c.name or "(no name)", "arguments": arguments(c.arguments_raw, c.arguments)}
        for c in judgement.sent
    ]


def offered(case: Case, turn: int = 0) -> list[JsonObject]:
    """Return the tools on offer."""
    return [{"name": t.name, "parameters": pretty(t.parameters)} for t in case.tools_at(turn)]


def control(minimized: Minimized | None) -> JsonObject | None:
    """Return the nearest case that passes, None where none is known."""
    if minimized is None or minimized.neighbour is None:
        return None
    case, asked = minimized.neighbour, minimized.neighbour_asked
    count = len(case.turns)
    return {
        "tools": offered(case, count - 1),
        "expected": expected(case.at(-1)),
        "prompt": prompt(case.at(-1)),
        "turns": count if count != len(minimized.case.turns) else None,
        "passed": Tally(asked, asked).words if asked else "",
    }


def arguments(raw: str | None, loaded: Any) -> str:
    """Return a call's arguments as text, not too long."""
    return _cut(raw if raw is not None else json.dumps(loaded, ensure_ascii=False, default=str))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}… {len(text):,} characters"
