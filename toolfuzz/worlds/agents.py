"""Agents that do without what a world is about: none of them may pass."""

import json
from collections.abc import Callable
from dataclasses import replace

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Case, ExpectedCall, Json, JsonObject
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.talk import Talk
from toolfuzz.worlds.family import Family, Move
from toolfuzz.worlds.play import Passed, play
from toolfuzz.worlds.spec import nonce
from toolfuzz.worlds.view import View, Viewer, texts_of

__all__ = [
    "Agent",
    "Values",
    "brain",
    "echo",
    "null",
    "played",
    "spam",
    "without_results",
]

Agent = Callable[[View], Move]
"""What is called next, by all that the request shows; no call: it says that it is done."""

Values = Callable[[JsonObject, int], Json]
"""Draws a value that a schema allows, by a seed."""

_OFTEN = 3
"""A call that was made so many times comes to nothing new without its results."""


def played(case: Case, agent: Agent, *, tell: Callable[[Ask], None] | None = None) -> Talk:
    """Play a case to its end, each reply given by the agent, without any I/O.

    ``tell`` is told what the agent is asked.
    """
    talk, viewer = play(case), Viewer()
    while talk.turn is not None:
        ask = talk.ask(model="agent")
        if tell:
            tell(ask)
        talk.answer(_said(agent(viewer.view(ask)), talk.number))
    return talk


def brain(family: Family) -> Agent:
    """Return the agent that does everything right by the request alone."""
    return lambda view: family.solve(view, _task(family, view))


def ignorant(family: Family) -> Agent:
    """Return the cheapest agent that ignores the family's dimension."""
    return lambda view: family.ignore(view, _task(family, view))


def null(view: View) -> Move:
    """Do nothing: say that it is done, or refuse."""
    return ()


def echo(view: View) -> Move:
    """Call the first tool with whatever the user said, once."""
    if view.steps or not view.tools:
        return ()
    tool = view.tools[0]
    names = tool.parameters.get("properties", {})
    return [ExpectedCall(tool.name, dict.fromkeys(names, view.task))]


def spam(values: Values) -> Agent:
    """Return an agent that calls every tool once, with values that its schema allows."""

    def agent(view: View) -> Move:
        if view.steps:
            return ()
        return [
            ExpectedCall(tool.name, values(tool.parameters, n)) for n, tool in enumerate(view.tools)
        ]

    return agent


def chance(values: Values, seed: int, *, most: int = 20) -> Agent:
    """Return an agent that calls tools at random, with values that their schemas allow.

    Where a text is wanted, half of them are taken from what it was told.
    """

    def agent(view: View) -> Move:
        n = len(view.steps)
        if n >= most:
            return ()
        tool = view.tools[_mixed(seed, n) % len(view.tools)]
        given = values(tool.parameters, _mixed(seed, n, "values"))
        told = [text for step in view.steps for text in texts_of(step.result)]
        if told:
            for name, value in given.items():
                at = _mixed(seed, n, name)
                if isinstance(value, str) and at % 2:
                    given[name] = told[at // 2 % len(told)]
        return [ExpectedCall(tool.name, given)]

    return agent


def _mixed(*key: object) -> int:
    return int(nonce(*key), 16)


def without_results(family: Family) -> Agent:
    """Return the brain as it would be if no result ever reached it.

    It gives up when it wants nothing but what it has called so often before.
    """

    def agent(view: View) -> Move:
        blind = replace(view, steps=tuple(replace(step, result="") for step in view.steps))
        try:
            move = family.solve(blind, _task(family, view))
        except (ValueError, LookupError, TypeError, AttributeError):
            return ()
        made = [ExpectedCall(step.tool, step.arguments) for step in view.steps]
        return move if any(made.count(call) < _OFTEN for call in move) else ()

    return agent


def _task(family: Family, view: View) -> JsonObject:
    task = family.read(view)
    if task is None:
        raise ValueError(f"this asks nothing of {family.name}")
    return task


def _said(move: Move, number: int) -> Passed:
    calls = tuple(
        ToolCall(f"call_{number}_{n}", call.tool, json.dumps(call.arguments))
        for n, call in enumerate(move)
    )
    return Passed(Reply("", False, 200, text="" if calls else "Done.", calls=calls))
