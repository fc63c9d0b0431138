"""Plays a drawn world with moves that are written down, and tells what is found."""

from collections.abc import Callable, Sequence

from toolfuzz.core.case import Case, ExpectedCall
from toolfuzz.worlds.agents import Agent, played
from toolfuzz.worlds.machine import Event, Machine
from toolfuzz.worlds.spec import world_of

Moves = Sequence[Sequence[ExpectedCall]]


def call(tool: str, **arguments: object) -> ExpectedCall:
    return ExpectedCall(tool, arguments)


def moved(moves: Moves) -> Agent:
    """Return an agent that makes these moves and then says that it is done."""
    return by_number(lambda n: moves[n] if n < len(moves) else ())


def by_number(move: Callable[[int], Sequence[ExpectedCall]]) -> Agent:
    """Return an agent that makes the n-th move of a function until that has none."""
    return lambda view: move(view.steps[-1].round if view.steps else 0)


def slugs(case: Case, moves: Moves) -> list[str]:
    """Play the moves, then say that it is done; return the slugs of what is found."""
    return found(case, moved(moves))


def found(case: Case, agent: Agent) -> list[str]:
    """Let an agent play; return the slugs of what is found."""
    return sorted(finding.slug for finding in played(case, agent).outcome.findings)


def executed(machine: Machine, moves: Moves) -> list[Event]:
    """Execute moves on a bare machine."""
    return [
        machine.call(one.tool, one.arguments, round=n, place=place)
        for n, move in enumerate(moves)
        for place, one in enumerate(move)
    ]


def gold(case: Case) -> list[list[ExpectedCall]]:
    """Return the known way of a case."""
    return [list(round) for round in world_of(case).gold]
