"""What a perfect model would answer. It knows nothing but the request."""

import json
import re
from collections.abc import Sequence
from typing import Any

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import JsonObject, Message, Tool
from toolfuzz.formats.plan import Call
from toolfuzz.generate import prompts
from toolfuzz.judge.faults.schema import example, resolve

__all__ = ["answer"]

_FENCE = re.compile(r"exactly these arguments.*?```(?:json)?\s*\n(.*?)\n```", re.DOTALL | re.I)
_PROSE = "I'm a simulated model. Nothing that you said asks for one of my tools."


def answer(ask: Ask) -> tuple[str, list[Call]]:
    """Return the text and the calls that are right for this request.

    Prompts of toolfuzz are read exactly. Of other prompts only this is understood: a fenced JSON
    block after "exactly these arguments", the name of an offered tool, and a forced tool_choice;
    the arguments are then simple values that fit the tool's schema.
    """
    if ask.answered:
        return _report(ask), []
    calls = _wanted(ask)
    if ask.tool_choice == "none" or not ask.tools:
        calls = []
    elif ask.tool_choice.startswith("tool:"):
        calls = _forced(ask, calls)
    elif ask.tool_choice == "required" and not calls:
        calls = [_simple_call(ask.tools[0])]
    if ask.parallel is False:
        calls = calls[:1]
    return ("" if calls else _PROSE), calls


def _wanted(ask: Ask) -> list[Call]:
    prompt = ask.prompt
    expected = prompts.read([Message("user", prompt)], ask.tools)
    if expected is not None:
        return [Call(call.tool, call.arguments) for call in expected]
    tool = _named(prompt, ask.tools)
    if tool is None:
        return []
    given = _given(prompt)
    return [Call(tool.name, given)] if given is not None else [_simple_call(tool)]


def _forced(ask: Ask, calls: list[Call]) -> list[Call]:
    name = ask.tool_choice.removeprefix("tool:")
    fitting = [call for call in calls if call.name == name]
    tool = ask.tool(name)
    return fitting or ([_simple_call(tool)] if tool else [])


def _named(prompt: str, tools: Sequence[Tool]) -> Tool | None:
    """The offered tool that the prompt names as a whole word; the longest name wins."""
    named = [
        t
        for t in tools
        if re.search(rf"(?<![\w-]){re.escape(t.name)}(?![\w-])", prompt) is not None
    ]
    return max(named, key=lambda t: len(t.name), default=None)


def _given(prompt: str) -> JsonObject | None:
    match = _FENCE.search(prompt)
    try:
        value = json.loads(match[1]) if match else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _simple_call(tool: Tool) -> Call:
    schema = resolve(tool.parameters, tool.parameters)
    value: Any = example(schema, tool.parameters)
    return Call(tool.name, value if isinstance(value, dict) else {})


def _report(ask: Ask) -> str:
    """Repeat what the tools said, so that a reader can see whether the results arrived."""
    return "The tool answered: " + " ".join(result.content for result in ask.answered)
