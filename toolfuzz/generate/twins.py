"""Twins: the same call, asked under another spelling of the tools.

Where a case fails and its twin passes, the difference between the two spellings is to blame.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from toolfuzz.core.case import Case, ExpectedCall, JsonObject, Tool, Turn
from toolfuzz.generate import rename, respell
from toolfuzz.generate.prompts import can_choose, read, render
from toolfuzz.generate.spot import spot
from toolfuzz.generate.validity import invalid_at

__all__ = ["TWINS", "twins"]

Calls = Sequence[ExpectedCall]


@dataclass(frozen=True, slots=True)
class _Twin:
    """``change`` spells the n-th tool anew; ``arguments`` changes what it is called with."""

    summary: str
    change: Callable[[Tool, int], Tool]
    arguments: Callable[[Tool, JsonObject], JsonObject] = lambda tool, arguments: arguments


def _respelled(spell: Callable[[JsonObject], JsonObject]) -> Callable[[Tool, int], Tool]:
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
    return replace(tool, description="", parameters=respell.undescribed(tool.parameters))


def _lenient(tool: Tool, n: int) -> Tool:
    return replace(tool, strict=False)


_TWINS = {
    "inlined-ref": _Twin("every $ref replaced by what it points to", _respelled(respell.inlined)),
    "nullable-type-list": _Twin(
        "anyOf with null spelled as a type list", _respelled(respell.null_by_type_list)
    ),
    "nullable-anyof": _Twin(
        "a type list with null spelled as anyOf", _respelled(respell.null_by_any_of)
    ),
    "neutral-names": _Twin(
        "tools called tool_1, … and all properties p1, …",
        _neutral,
        _neutral_arguments,
    ),
    "no-description": _Twin("no descriptions of tools and parameters", _undescribed),
    "strict-off": _Twin("strict: false", _lenient),
}

TWINS: dict[str, str] = {name: twin.summary for name, twin in _TWINS.items()}
"""Every kind of twin with a line about it."""


def twins(case: Case) -> dict[str, Case]:
    """Return the case's twins by kind: only those that differ from it and ask for the same.

    A case whose prompts were not made by ``prompts`` has none; nor does a kind that would leave
    the right answer unclear (``choose`` without descriptions) or make it invalid.
    """
    found = {}
    for name, kind in _TWINS.items():
        twin = _twin(case, kind)
        if twin is not None and twin.id != case.id and invalid_at(twin) is None:
            found[name] = twin
    return found


def _twin(case: Case, kind: _Twin) -> Case | None:
    tools = tuple(kind.change(tool, n) for n, tool in zip(count(1), case.tools, strict=False))
    olds = {tool.name: tool for tool in case.tools}
    names = {old.name: new.name for old, new in zip(case.tools, tools, strict=True)}

    def called(calls: Calls) -> tuple[ExpectedCall, ...]:
        return tuple(
            ExpectedCall(names[c.tool], kind.arguments(olds[c.tool], c.arguments)) for c in calls
        )

    turns = []
    for turn in case.turns:
        try:
            twin = _turn(case, turn, tools, called)
        except ValueError:  # two names would become one
            return None
        if twin is None:
            return None
        turns.append(twin)
    expected = [call for turn in turns for call in turn.expect.calls]
    return replace(case, features=spot(tools, expected, turns), tools=tools, turns=tuple(turns))


def _turn(
    case: Case,
    turn: Turn,
    tools: tuple[Tool, ...],
    called: Callable[[Calls], tuple[ExpectedCall, ...]],
) -> Turn | None:
    asked = read(turn.messages, case.tools)
    if asked is None or len(turn.messages) != 1:
        return None
    if not asked:
        return turn
    calls = called(asked)
    probe = "echo" if turn.expect.kind == "no_call" else case.probe
    if probe == "choose" and not can_choose(calls[0].tool, tools):
        return None
    expect = replace(turn.expect, calls=called(turn.expect.calls))
    choice = turn.tool_choice
    if choice.startswith("tool:"):
        choice = f"tool:{expect.calls[0].tool}"
    return replace(turn, messages=render(probe, tools, calls), expect=expect, tool_choice=choice)
