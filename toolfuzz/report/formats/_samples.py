"""What was asked and answered, as logs of evaluations tell it: one sample a question."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from toolfuzz.analyze.load import RunData, causes
from toolfuzz.core.case import Case, JsonObject, Turn
from toolfuzz.core.exchange import Target
from toolfuzz.core.reply import ToolCall, arguments_of
from toolfuzz.core.text import brief, file_name
from toolfuzz.core.verdict import Verdict
from toolfuzz.report.turns import AskedTurn, asked_turns

__all__ = ["Said", "Sample", "explained", "object_of", "same_each_time", "samples"]

_BROKEN = object()
_NO_CALLS = {"no_call": "no call", "unknown": "not known"}


@dataclass(frozen=True, slots=True)
class Said:
    """One message: ``system``, ``user``, ``assistant`` (with its calls) or ``tool`` (a result)."""

    role: str
    text: str
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""
    """The id of the call whose result it is."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One question: its case as far as it had gone on, its verdict, its turns (none: not kept)."""

    target: Target
    verdict: Verdict
    case: Case
    asked: list[AskedTurn]

    @property
    def id(self) -> str:
        """The case, and the mode in which it was asked; fit for a file's name."""
        return file_name(self.verdict.case_id) + ("-streamed" if self.verdict.stream else "")

    @property
    def prompt(self) -> str:
        """What the user said."""
        said = (m.content for turn in self.case.turns for m in turn.messages if m.role == "user")
        return "\n\n".join(said)

    @property
    def wanted(self) -> str:
        """The right answer, as JSON: for each turn the calls, or in words that none is."""
        if self.case.world is not None:
            return "any calls that lead to the goal of this world"
        return json.dumps([_wanted(turn) for turn in self.case.turns])

    @property
    def came(self) -> str:
        """The calls of the last answer, as JSON; the text of one without any."""
        if not self.asked:
            return ""
        reply = self.asked[-1].reply
        calls = [{"tool": c.name, "arguments": _shown(c)} for c in reply.calls]
        return json.dumps(calls) if calls else reply.text

    @property
    def explanation(self) -> str:
        """What failed the answer, or why it could not be judged; empty when it passed."""
        return explained(self.verdict)

    def said(self) -> Iterator[Said]:
        """Give the conversation, message by message."""
        before: tuple[ToolCall, ...] = ()
        for at, asked in enumerate(self.asked):
            results = self.asked[at - 1].turn.results if at else ()
            for call, result in zip(before, results, strict=False):
                yield Said("tool", result, answers=call.id or "")
            for message in asked.turn.messages:
                yield Said(message.role, message.content)
            before = asked.reply.calls
            yield Said("assistant", asked.reply.text, before)


def samples(run: RunData, target: Target) -> Iterator[Sample]:
    """Give the questions put to a target, in their order."""
    for verdict in run.of(target.name):
        asked = list(asked_turns(run, target, verdict))
        case = asked[-1].case if asked else run.cases[verdict.case_id]
        yield Sample(target, verdict, case, asked)


def explained(verdict: Verdict) -> str:
    """Return what failed an answer, or why it could not be judged; empty when it passed."""
    if verdict.status == "unjudged":
        return verdict.reason or "unjudged"
    return "; ".join(f"{f.slug} at {f.pointer or '/'}: {brief(f.message)}" for f in causes(verdict))


def object_of(call: ToolCall) -> tuple[dict[str, Any], str | None]:
    """Return a call's arguments as an object; where they are none, {} and the text that came."""
    value = arguments_of(call, broken=_BROKEN)
    if isinstance(value, dict):
        return value, None
    return {}, call.arguments_raw if call.arguments_raw is not None else json.dumps(value)


def _shown(call: ToolCall) -> Any:
    found, text = object_of(call)
    return found if text is None else text


def _wanted(turn: Turn) -> Any:
    expect = turn.expect
    if expect.kind == "calls":
        return [{"tool": call.tool, "arguments": call.arguments} for call in expect.calls]
    return _NO_CALLS[expect.kind]


def same_each_time(summary: JsonObject, target: JsonObject) -> bytes:
    """Return 32 bytes that stand for this run's target, the same whenever its log is made."""
    told = f"toolfuzz:{summary['started']}:{target['target']}"
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).digest()
