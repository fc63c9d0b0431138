"""Plays a drawn world with moves that are written down, and tells what is found."""

from collections.abc import Callable, Sequence

from toolfuzz.core.case import Case, ExpectedCall
from toolfuzz.worlds.agents import played
from toolfuzz.worlds.machine import Event, Machine
from toolfuzz.worlds.outcome import outcome
from toolfuzz.worlds.spec import world_of
from toolfuzz.worlds.view import View

Moves = Sequence[Sequence[ExpectedCall]]


def call(tool: str, **arguments: object) -> ExpectedCall:
    return ExpectedCall(tool, arguments)


def slugs(case: Case, moves: Moves) -> list[str]:
    """Play the moves, then say that it is done; return the slugs of what is found."""
    return found(case, lambda n: moves[n] if n < len(moves) else ())


def found(case: Case, move: Callable[[int], Sequence[ExpectedCall]]) -> list[str]:
    """Play the n-th move of a function until it has none, or until the world has enough."""

    def agent(view: View) -> Sequence[ExpectedCall]:
        return move(view.steps[-1].round if view.steps else 0)

    return sorted(finding.slug for finding in played(case, agent).outcome.findings)


def executed(machine: Machine, moves: Moves) -> list[Event]:
    """Execute moves on a bare machine."""
    return [
        machine.call(one.tool, one.arguments, round=n, place=place)
        for n, move in enumerate(moves)
        for place, one in enumerate(move)
    ]


def came_of(machine: Machine, moves: Moves, *, ended: bool = True) -> list[str]:
    """Execute moves on a bare machine; return the slugs of what is found."""
    executed(machine, moves)
    return sorted(finding.slug for finding in outcome(machine, ended=ended).findings)


def gold(case: Case) -> list[list[ExpectedCall]]:
    """Return the known way of a case."""
    return [list(round) for round in world_of(case).gold]
