"""A made-up engine in this process: it reads every family's text, reasoning and early ends, too.

``Parser`` is right; the faults are functions that change what it found.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from toolfuzz.core.case import JsonObject, Tool
from toolfuzz.engines.native import Family, UnreadableText


@dataclass(frozen=True)
class Found:
    """What a parser found in a question's text; the calls are names and argument texts."""

    question: JsonObject
    content: str = ""
    reasoning: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    finish: str = "stop"


Fault = Callable[[Found], Found]


class Parser:
    """Takes the place of the worker process."""

    def __init__(self, family: Family, fault: Fault = lambda found: found) -> None:
        self.family = family
        self.fault = fault

    async def start(self) -> None:
        """There is nothing to start."""

    async def ask(self, question: JsonObject) -> dict[str, Any]:
        """Answer as a worker does."""
        text = question.get("text") or "".join(question["deltas"])
        try:
            found = self.fault(self._read(question, text))
        except RuntimeError as error:
            return {"error": str(error)} | ({"events": []} if question["stream"] else {})
        return {"events": _events(found)} if question["stream"] else {"body": _body(found)}

    def _read(self, question: JsonObject, text: str) -> Found:
        reasoning = ""
        if "reasoner" in question:
            reasoning, text = self._thought(text, question["prompted"])
        tools = [
            Tool(t["function"]["name"], None, t["function"].get("parameters", {}))
            for t in question["tools"]
        ]
        head, tail = ("", "")
        try:
            read = self.family.read(text, tools)
        except UnreadableText:
            read = []
        calls = tuple((c.tool, json.dumps(c.arguments)) for c in read)
        starts = [at for at in map(text.find, self.family.markers) if at >= 0]
        content = "" if calls else text
        if starts and (calls or "cut" in question):
            # What stands before a marker may belong to the call, too.
            content = re.sub(r"<$| to=\S+$", "", text[: min(starts)])
        if "reasoner" in question and self.family.thinking:
            head, tail = self.family.thinking.answer("\0").split("\0")
            if head and text.startswith(head):
                rest = text.removeprefix(head)
                content = rest.partition(tail)[0] if tail else rest
        finish = "length" if "cut" in question else "tool_calls" if calls else "stop"
        return Found(question, content, reasoning, calls, finish)

    def _thought(self, text: str, prompted: bool) -> tuple[str, str]:
        thinking = self.family.thinking
        assert thinking is not None
        if not prompted:
            assert text.startswith(thinking.opening)
            text = text.removeprefix(thinking.opening)
        reasoning, closing, rest = text.partition(thinking.closing)
        assert closing
        return reasoning, rest


def _called(found: Found) -> list[JsonObject]:
    return [
        {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for n, (name, arguments) in enumerate(found.calls)
    ]


def _body(found: Found) -> JsonObject:
    message = {"role": "assistant", "content": found.content, "tool_calls": _called(found)}
    message["reasoning_content"] = found.reasoning
    choice = {"index": 0, "message": message, "finish_reason": found.finish}
    base = {"id": "x", "created": 0, "model": "made"}
    return {**base, "object": "chat.completion", "choices": [choice]}


def _events(found: Found) -> list[str]:
    calls = [{"index": n, **call} for n, call in enumerate(_called(found))]
    deltas: list[tuple[JsonObject, str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"reasoning_content": found.reasoning}, None)]
    deltas += [({"content": found.content}, None), ({"tool_calls": calls}, None)]
    base = {"id": "x", "created": 0, "model": "made", "object": "chat.completion.chunk"}
    chunks = [
        {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        for delta, finish in [*deltas, ({}, found.finish)]
        if finish or any(delta.values())
    ]
    return [*(f"data: {json.dumps(chunk)}" for chunk in chunks), "data: [DONE]"]


# --- faults


def loses_reasoning(found: Found) -> Found:
    return replace(found, reasoning="")


def answers_with_reasoning(found: Found) -> Found:
    """The reasoning is taken for prose."""
    if not found.reasoning:
        return found
    return replace(found, reasoning="", content=f"{found.reasoning}</think>{found.content}")


def hides_the_answer(found: Found) -> Found:
    """The prose is taken for reasoning."""
    if not found.reasoning or found.calls:
        return found
    return replace(found, reasoning=f"{found.reasoning}{found.content}", content="")


def calls_from_reasoning(found: Found) -> Found:
    """JSON in the reasoning is taken for a call."""
    if '{"name"' not in found.reasoning:
        return found
    name = json.loads(found.reasoning[found.reasoning.find('{"name"') :].splitlines()[0][:-9])
    return replace(found, calls=(*found.calls, (name["name"], "{}")), finish="tool_calls")


def calls_from_json(found: Found) -> Found:
    """JSON with a name in the prose is taken for a call."""
    if '{"name"' not in found.content:
        return found
    return replace(found, content="", calls=(("anything", "{}"),), finish="tool_calls")


def loses_json(found: Found) -> Found:
    """An answer that is JSON is taken for the beginning of a call."""
    return replace(found, content="") if found.content.startswith(("{", "[")) else found


def closes_what_is_open(found: Found) -> Found:
    """A call that was cut off comes without the argument that is missing."""
    if found.question.get("cut") != "arguments":
        return found
    name = found.question["tools"][0]["function"]["name"]
    return replace(found, calls=(*found.calls, (name, "{}")))


def calls_half_a_name(found: Found) -> Found:
    """A name that was cut off is called."""
    if found.question.get("cut") != "name":
        return found
    return replace(found, calls=(*found.calls, ("to", "")))


def hides_the_limit(found: Found) -> Found:
    """A reply that was cut off looks as if it had ended by itself."""
    return replace(found, finish="stop")


def breaks_at_the_limit(found: Found) -> Found:
    """A call without its end is too much for it."""
    if "cut" in found.question:
        raise RuntimeError("JSONDecodeError: Unterminated string")
    return found


def ends_with_prose(found: Found) -> Found:
    """Calls with prose behind them are lost."""
    return replace(found, calls=(), finish="stop") if "after" in found.question else found


def halves_the_end(found: Found) -> Found:
    """Half of the prose behind the calls comes."""
    after = found.question.get("after", "")
    return replace(found, content=found.content + after[: len(after) // 2])
