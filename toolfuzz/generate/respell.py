"""Respelled cases: the same calls, asked for under another spelling of the tools.

Where a case fails and the respelled one passes, the difference between the spellings is to blame.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from toolfuzz.core.case import Case, ExpectedCall, JsonObject, Tool, Turn
from toolfuzz.generate import rename, spellings
from toolfuzz.generate.prompts import can_choose, read, render
from toolfuzz.generate.spot import spot
from toolfuzz.generate.validity import invalid_at

__all__ = ["SPELLINGS", "respelled"]

Calls = Sequence[ExpectedCall]


@dataclass(frozen=True, slots=True)
class _Spelling:
    """``change`` spells the n-th tool anew; ``arguments`` changes what it is called with."""

    summary: str
    change: Callable[[Tool, int], Tool]
    arguments: Callable[[Tool, JsonObject], JsonObject] = lambda tool, arguments: arguments


def _in_schema(spell: Callable[[JsonObject], JsonObject]) -> Callable[[Tool, int], Tool]:
    return lambda tool, n: replace(tool, parameters=spell(tool.parameters))


def _neutral(tool: Tool, n: int) -> Tool:
    parameters = rename.renamed(tool.parameters, rename.neutral_names(tool.parameters))
    return replace(tool, name=f"tool_{n}", parameters=parameters)


def _neutral_arguments(tool: Tool, arguments: JsonObject) -> JsonObject:
    names = rename.neutral_names(tool.parameters)
    done: JsonObject = (
        rename.renamed_value(arguments, tool.parameters, names) if names else arguments
    )
    return done


def _undescribed(tool: Tool, n: int) -> Tool:
    description = None if tool.description else tool.description
    return replace(tool, description=description, parameters=spellings.undescribed(tool.parameters))


def _lenient(tool: Tool, n: int) -> Tool:
    return replace(tool, strict=False)


_SPELLINGS = {
    "inlined-ref": _Spelling(
        "every $ref replaced by what it points to",
        _in_schema(spellings.inlined),
    ),
    "nullable-type-list": _Spelling(
        "anyOf with null spelled as a type list", _in_schema(spellings.null_by_type_list)
    ),
    "nullable-anyof": _Spelling(
        "a type list with null spelled as anyOf", _in_schema(spellings.null_by_any_of)
    ),
    "neutral-names": _Spelling(
        "tools called tool_1, … and all properties p1, …",
        _neutral,
        _neutral_arguments,
    ),
    "no-description": _Spelling("no descriptions of tools and parameters", _undescribed),
    "strict-off": _Spelling("strict: false", _lenient),
}

SPELLINGS: dict[str, str] = {name: spelling.summary for name, spelling in _SPELLINGS.items()}
"""Every spelling with a line about it."""


def respelled(case: Case) -> dict[str, Case]:
    """Return the case under each spelling: only those that differ from it and ask for the same.

    A case whose prompts were not made by ``prompts`` has none, a conversation among them; nor has
    it one that would leave
    the right answer unclear (``choose`` without descriptions) or make it invalid.
    """
    found: dict[str, Case] = {}
    if len(case.turns) > 1:
        return found
    for name, kind in _SPELLINGS.items():
        other = _respelled(case, kind)
        if other is not None and other.id != case.id and invalid_at(other) is None:
            found[name] = other
    return found


def _respelled(case: Case, kind: _Spelling) -> Case | None:
    tools = tuple(kind.change(tool, n) for n, tool in zip(count(1), case.tools, strict=False))
    olds = {tool.name: tool for tool in case.tools}
    names = {old.name: new.name for old, new in zip(case.tools, tools, strict=True)}

    def called(calls: Calls) -> tuple[ExpectedCall, ...]:
        return tuple(
            ExpectedCall(names[c.tool], kind.arguments(olds[c.tool], c.arguments)) for c in calls
        )

    turns = []
    for turn in case.turns:
        renamed = replace(turn, allowed=tuple(names[name] for name in turn.allowed))
        try:
            other = _turn(case, renamed, tools, called)
        except ValueError:  # two names would become one
            return None
        if other is None:
            return None
        turns.append(other)
    expected = [call for turn in turns for call in turn.expect.calls]
    return replace(case, features=spot(tools, expected, turns), tools=tools, turns=tuple(turns))


def _turn(
    case: Case,
    turn: Turn,
    tools: tuple[Tool, ...],
    called: Callable[[Calls], tuple[ExpectedCall, ...]],
) -> Turn | None:
    asked = read(turn.messages, case.tools)
    *before, _ = turn.messages or (None,)
    if asked is None or any(message.role != "system" for message in before):
        return None
    if not asked:
        return turn
    calls = called(asked)
    probe = "echo" if turn.expect.kind == "no_call" or case.is_recorded else case.probe
    if probe == "choose" and not can_choose(calls[0].tool, tools):
        return None
    expect = replace(turn.expect, calls=called(turn.expect.calls))
    choice = turn.tool_choice
    if choice.startswith("tool:"):
        choice = f"tool:{expect.calls[0].tool}"
    return replace(
        turn, messages=(*before, *render(probe, tools, calls)), expect=expect, tool_choice=choice
    )
