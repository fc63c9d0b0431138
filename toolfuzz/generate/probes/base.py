"""What a probe is: a way to ask for calls whose right answer is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Expectation, ExpectedCall, JsonObject, Tool, Turn
from toolfuzz.generate.features.base import Draft, Values
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.prompts import render

__all__ = ["Offer", "Probe", "asked"]


@dataclass(frozen=True, slots=True)
class Offer:
    """The tools on offer, and with what arguments some of them may be asked for.

    ``askable`` pairs a tool with what draws its arguments object; the first one is meant, and
    ``first`` are the arguments of its first call.
    """

    tools: tuple[Tool, ...]
    first: JsonObject
    askable: tuple[tuple[Tool, Values], ...]

    @property
    def call(self) -> ExpectedCall:
        """The first call of the tool that is meant."""
        return ExpectedCall(self.askable[0][0].name, self.first)


@dataclass(frozen=True, slots=True)
class Probe:
    """One way to ask. ``ask`` returns None when the offer doesn't suit it.

    ``share`` is its weight in the default mix (0: only when asked for); ``prepare`` may change a
    generated tool first.
    A conversation asks in several turns, of which those after the first mostly have no messages of
    their own: the results of the turn before are what the model goes on from. ``helpers`` are
    further tools that it needs on offer; ``read`` returns the calls that are right for a request,
    None for one that is not of its making.
    """

    name: str
    summary: str
    share: int
    ask: Callable[[Pick, Offer], tuple[Turn, ...] | None]
    prepare: Callable[[Pick, Draft], None] | None = None
    helpers: Callable[[Pick, Offer], tuple[Tool, ...]] | None = None
    read: Callable[[Ask], Sequence[ExpectedCall] | None] | None = None


def asked(
    probe: str,
    offer: Offer,
    calls: tuple[ExpectedCall, ...],
    *,
    tool_choice: str = "auto",
) -> tuple[Turn, ...]:
    """Return the single turn that asks for exactly these calls, in any order."""
    messages = render(probe, offer.tools, calls)
    return (Turn(messages, Expectation("calls", calls), tool_choice=tool_choice),)
