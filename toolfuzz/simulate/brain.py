"""What a perfect model would answer. It knows nothing but the request."""

import json
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import ExpectedCall, JsonObject, Message, Tool
from toolfuzz.formats.plan import Call
from toolfuzz.generate import conversations, dimensions, prompts
from toolfuzz.judge.faults.calls import simple_call
from toolfuzz.judge.faults.schema import spend

__all__ = ["answer"]

_ASKS = re.compile("exactly these arguments", re.I)
_OPENS = re.compile(r"```(?:json)?[^\S\n]*\n", re.I)
_JSON = json.JSONDecoder()
_MOST_TRIES = 200
"""Opening braces of a prompt that are tried."""
_SEARCHED = 1000
"""Characters that are looked through in about one step."""
_PROSE = "I'm a simulated model. Nothing that you said asks for one of my tools."


def answer(ask: Ask) -> tuple[str, list[Call]]:
    """Return the text and the calls that are right for this request.

    Prompts of toolfuzz are read exactly. Of other prompts only this is understood: JSON objects,
    each the arguments of the offered tool that is named before it (or after it, or the only one;
    of a tool that takes free text: its ``input``), the name of an offered tool, and a forced
    tool_choice; the arguments are then simple values that fit the tool's schema.
    """
    said = _read(ask)
    if said is None and ask.answered:
        return _report(ask), []
    calls = [_call(c) for c in said] if said is not None else _wanted(ask)
    may = [tool for tool in ask.tools if not ask.may_call or tool.name in ask.may_call]
    calls = [call for call in calls if not ask.may_call or call.name in ask.may_call]
    if ask.tool_choice == "none" or not ask.tools:
        calls = []
    elif ask.tool_choice != "auto" and not calls:
        calls = [simple_call(tool) for tool in may[:1]]
    if ask.parallel is False:
        calls = calls[:1]
    if calls:
        return "", calls
    return (_report(ask) if ask.answered else _PROSE), []


def _read(ask: Ask) -> Sequence[ExpectedCall] | None:
    """Read a prompt of ours, the most frequent kind first; None when it is none."""
    said = conversations.read(ask)
    if said is None and not ask.answered:
        said = prompts.read([Message("user", ask.prompt)], ask.tools)
    return dimensions.solve(ask) if said is None else said


def _wanted(ask: Ask) -> list[Call]:
    asks = _ASKS.search(ask.prompt)
    if asks:
        # What follows may name tools too, as an agent's reminders do.
        tool = _named(ask.prompt[: asks.start()], ask.tools) or _named(ask.prompt, ask.tools)
        given = _given(ask.prompt[asks.end() :])
        if tool and given is not None:
            return [_with(tool, given)]
    if calls := _objects(ask.prompt, ask.tools):
        return calls
    named = _named(ask.prompt, ask.tools)
    return [] if named is None else [simple_call(named)]


def _objects(prompt: str, tools: Sequence[Tool]) -> list[Call]:
    """Return a call for each JSON object of the prompt that belongs to an offered tool."""
    calls: list[Call] = []
    before = 0
    for start, end, value in _json_objects(prompt):
        said = prompt[before:start]
        tool = _named(said, tools, last=True)
        if tool is None and not calls:
            tool = _named(prompt[end:], tools) or (tools[0] if len(tools) == 1 else None)
        if tool is not None:
            calls.append(_with(tool, value))
        before = end
    return calls


def _json_objects(text: str) -> Iterator[tuple[int, int, JsonObject]]:
    """Give the JSON objects that stand in a text, outermost, each with where it stands."""
    at = text.find("{")
    for _ in range(_MOST_TRIES):
        if at < 0:
            return
        spend(1 + (len(text) - at) // _SEARCHED)
        try:
            value, end = _JSON.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield at, end, value
        at = text.find("{", end)


def _with(tool: Tool, arguments: JsonObject) -> Call:
    if tool.takes_text:
        return Call(tool.name, {}, raw=str(arguments.get("input", "")))
    return Call(tool.name, arguments)


def _call(wanted: ExpectedCall) -> Call:
    """Return a call with arguments of its own: faults change them, and two calls may be equal."""
    return Call(wanted.tool, deepcopy(wanted.arguments))


def _named(prompt: str, tools: Sequence[Tool], *, last: bool = False) -> Tool | None:
    """The offered tool that the prompt names as a whole word; the longest name wins.

    ``last``: the one that is named last.
    """
    named: list[tuple[int, int, Tool]] = []
    for tool in tools:
        spend(1 + len(prompt) // _SEARCHED)
        word = rf"(?<![\w-]){re.escape(tool.name)}(?![\w-])"
        if tool.name in prompt and (found := list(re.finditer(word, prompt))):
            named.append((found[-1].start() if last else 0, len(tool.name), tool))
    return max(named, key=lambda one: one[:2], default=(0, 0, None))[2]


def _given(said: str) -> JsonObject | None:
    opens = _OPENS.search(said)
    end = said.find("\n```", opens.end()) if opens else -1
    try:
        value = json.loads(said[opens.end() : end]) if opens and end >= 0 else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _report(ask: Ask) -> str:
    """Repeat what the tools said, so that a reader can see whether the results arrived."""
    return "The tool answered: " + " ".join(result.content for result in ask.answered)
