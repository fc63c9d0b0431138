"""Fixtures for aimock (aimock.copilotkit.dev), a mock server for tests of one's own client.

One fixture a cause of failure, from the smallest reply that shows it: asked with its prompt, the
mock answers with the same calls, broken as they were. What is broken in the wire format itself
(events, ids, envelopes) a mock that writes correct ones can't show; ``toolfuzz serve`` can.
https://github.com/CopilotKit/aimock: fixtures as JSON files.
"""

import json
from collections.abc import Iterator

from toolfuzz.analyze.load import RunData, causes
from toolfuzz.analyze.worst import by_cause
from toolfuzz.core.case import JsonObject
from toolfuzz.core.reply import ToolCall
from toolfuzz.core.verdict import Finding
from toolfuzz.report.formats._json import dumped
from toolfuzz.report.turns import AskedTurn, asked_turns
from toolfuzz.report.words import count, named

__all__ = ["FILE", "render", "tell"]

FILE = "aimock.json"
_TOLD_BY_CALLS = ("structure", "arguments", "schema", "values")
_TRIED = 20


def render(run: RunData, summary: JsonObject) -> str:
    """Return the file of fixtures, the commonest cause first."""
    found = list(_fixtures(run))
    made = [fixture for fixture in found if fixture is not None]
    seen_on = ", ".join(named(target, target["target"]) for target in summary["targets"])
    told = {"seen_on": seen_on, "causes_without_fixture": len(found) - len(made)}
    return dumped({**told, "fixtures": made}) + "\n"


def tell(written: str) -> str:
    """Say how many causes have no fixture."""
    left = json.loads(written)["causes_without_fixture"]
    if not left:
        return ""
    return f"aimock: {count(left, 'cause')} can't be shown by it: try toolfuzz serve\n"


def _fixtures(run: RunData) -> Iterator[JsonObject | None]:
    """Give a fixture for each cause, None for one that no fixture can show."""
    targets = {target.name: target for target in run.started.targets}
    for cause in by_cause(run):
        made = None
        for verdict in run.verdicts.at(cause.rows[:_TRIED]):
            first = causes(verdict)[0]
            asked = list(asked_turns(run, targets[cause.target], verdict))
            made = _fixture(asked, first)
            if made is not None:
                break
        yield made


def _fixture(asked: list[AskedTurn], found: Finding) -> JsonObject | None:
    at = next((n for n, a in enumerate(asked) if a.exchange.turn == found.turn), None)
    if at is None or found.layer not in _TOLD_BY_CALLS:
        return None
    calls = asked[at].reply.calls
    prompts = [m.content for m in asked[at].turn.messages if m.role == "user"]
    if not calls or not prompts or any(c.arguments_raw is None or not c.name for c in calls):
        return None
    return {
        "match": {"userMessage": prompts[-1], "turnIndex": at, "endpoint": "chat"},
        "response": {"toolCalls": [_call(call) for call in calls]},
        "metadata": {"defect": found.slug, "pointer": found.pointer},
    }


def _call(call: ToolCall) -> JsonObject:
    named = {"name": call.name, "arguments": call.arguments_raw}
    return named if call.id is None else {"id": call.id, **named}
