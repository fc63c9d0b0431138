"""One call of one tool, judged beside its right answer or by its schema alone."""

import json
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Tool, Turn
from toolfuzz.core.reply import Finish, Reply, ToolCall
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.arguments import read
from toolfuzz.judge.call import judge_text
from toolfuzz.judge.catalogue import detectors
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.pairing import Pair
from toolfuzz.judge.stages import values

UNKNOWN: Any = object()
ABSENT: Any = object()


@dataclass
class Document:
    """What an argument text holds, and what is wrong with the text."""

    value: Any
    findings: tuple[Finding, ...]


def open_schema(**properties: Any) -> dict[str, Any]:
    """An object schema whose properties are all required; other keys are not forbidden."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def document(
    raw: Any,
    *,
    expected: Any = UNKNOWN,
    schema: Any = None,
    stream: bool = False,
    finish: Finish = "tool_calls",
    api: str = "openai-chat",
    calls: int = 1,
) -> Document:
    """Read an argument string (or what stands in its place) as the judge does."""
    wanted = None if expected is UNKNOWN else ExpectedCall("f", expected)
    tool = Tool("f", "", schema or {"type": "object"})
    reply = Reply(api, stream, 200, finish=finish)
    document = read(_call(raw), tool, wanted, reply=reply, expected_calls=calls)
    return Document(document.value, tuple(judge_text(document, 0)))


def judged(
    raw: Any,
    *,
    expected: Any = UNKNOWN,
    schema: Any = None,
    strict: bool = False,
    compare: Any = "exact",
    stream: bool = False,
    tool_name: str = "f",
) -> list[Finding]:
    """All findings of groups A to D for one call; ``raw`` that is no string is dumped first."""
    if not isinstance(raw, str):
        raw = json.dumps(raw, ensure_ascii=False)
    tool = Tool(tool_name, "", {"type": "object"} if schema is None else schema, strict)
    known = expected is not UNKNOWN
    wanted = ExpectedCall(tool_name, expected) if known else None
    expect = Expectation(
        "calls" if known else "unknown", (wanted,) if wanted else (), "any", compare
    )
    turn = Turn((), expect)
    case = Case("generated", "echo", (), (tool,), (turn,))
    reply = Reply("openai-chat", stream, 200, calls=(_call(raw),), finish="tool_calls")
    return found_in(Pair(0, reply.calls[0], tool, wanted), Facts(case, 0, reply))


def found_in(pair: Pair, facts: Facts) -> list[Finding]:
    """What the stage of the values finds in one call."""
    facts.pairs = [pair]
    values.advance(facts)
    for detect in detectors("values"):
        facts.findings += detect(facts)
    return facts.findings


def slugs(found: list[Finding]) -> list[str]:
    return [f.slug for f in found]


def _call(raw: Any) -> ToolCall:
    if isinstance(raw, str):
        return ToolCall("call_1", "f", raw)
    return ToolCall("call_1", "f", None, None if raw is ABSENT else raw, raw is not ABSENT)
