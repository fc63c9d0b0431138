"""What a family of worlds is: one way to test one dimension, complete in itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from toolfuzz.core.case import ExpectedCall, JsonObject, Message, Tool
from toolfuzz.worlds.spec import World
from toolfuzz.worlds.view import View

__all__ = ["Drawn", "Family", "Move"]

Move = Sequence[ExpectedCall]
"""What an agent does next: calls, none of them to say that it is done."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn world with the tools that are on offer in it."""

    world: World
    tools: tuple[Tool, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """One dimension. A file in ``generate/dimensions`` that assigns one to ``FAMILY`` is found.

    ``draw(pick, level, seed)`` returns a world and its control twin, each with its tools;
    ``levels`` are the least and the most, ``usual`` is the one that is asked when none is named.
    ``render(task, wording)`` puts a task into the opening messages in one of ``wordings`` ways, and
    ``read`` reads the task back from what an agent sees, None when it is none of this family.
    ``solve(view, task)`` is an agent that knows the request alone and does everything right;
    ``ignore`` is the cheapest one that ignores the dimension (no plan, no rules, no memory …).
    ``findings`` are the slugs that it can give, ``knobs`` says what the level changes.
    ``twin`` says what the control twin is spared.
    ``adaptive_most`` is the most that an adaptive run asks, where higher levels cost too much.
    """

    name: str
    title: str
    summary: str
    knobs: str
    levels: tuple[int, int]
    usual: int
    findings: tuple[str, ...]
    wordings: int
    draw: Callable[..., tuple[Drawn, Drawn]]
    render: Callable[[JsonObject, int], tuple[Message, ...]]
    read: Callable[[View], JsonObject | None]
    solve: Callable[[View, JsonObject], Move]
    ignore: Callable[[View, JsonObject], Move]
    twin: str = ""
    adaptive_most: int | None = None

    @property
    def adaptive_levels(self) -> tuple[int, int]:
        """The levels among which an adaptive run chooses."""
        least, most = self.levels
        return least, self.adaptive_most or most
