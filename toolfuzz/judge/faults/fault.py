"""A simulated fault: what it changes, at which stage of a reply, and where it can occur."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Literal

from toolfuzz.core.ask import Ask
from toolfuzz.formats import Traits, WireFormat
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.faults.schema import Spot

__all__ = ["Fault", "FaultStage", "Roll", "Trigger", "has_keyword"]

FaultStage = Literal["request", "plan", "values", "native", "raw", "message", "pieces", "wire"]
"""In the simulator's order. ``pieces`` are a stream's steps, ``wire`` is the encoded reply."""

_MODES = {"plain": False, "stream": True}


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a fault may strike. Conditions on the request, then on the single parameter.

    ``keyword``: some offered tool's schema has that keyword. ``turn``: from that turn on.
    ``behind_ref``, ``union``, ``top``, ``param``: conditions on the parameter, for faults that
    change values. ``everywhere``: change every fitting value instead of one.
    """

    stream: bool | None = None
    keyword: str | None = None
    turn: int = 1
    behind_ref: bool = False
    union: bool = False
    top: bool = False
    param: str | None = None
    everywhere: bool = False

    def asks(self, ask: Ask) -> bool:
        """Whether the request fulfils the conditions."""
        if self.stream is not None and self.stream != ask.stream:
            return False
        if self.keyword and not any(has_keyword(t.parameters, self.keyword) for t in ask.tools):
            return False
        return ask.turn >= self.turn

    def takes(self, place: Spot) -> bool:
        """Whether the parameter fulfils the conditions."""
        return not (
            (self.behind_ref and not place.behind_ref)
            or (self.union and not place.union)
            or (self.top and place.depth > 1)
            or (self.param is not None and place.key != self.param)
        )


def has_keyword(schema: Any, keyword: str) -> bool:
    """Whether the keyword stands anywhere in the schema."""
    if isinstance(schema, dict):
        return keyword in schema or any(has_keyword(s, keyword) for s in schema.values())
    return isinstance(schema, list) and any(has_keyword(s, keyword) for s in schema)


def _hermes(reply: ReplyPlan, rng: Random) -> str:
    """The calls as the Hermes models write them; the simulator knows more families."""
    calls = ({"name": call.name, "arguments": call.arguments} for call in reply.calls)
    return "\n".join(f"<tool_call>\n{json.dumps(call)}\n</tool_call>" for call in calls)


@dataclass(frozen=True, slots=True)
class Roll:
    """The random numbers of one fault in one reply, its conditions, and the reply's format.

    ``native`` writes the reply's calls as a model family does in its text.
    """

    rng: Random
    trigger: Trigger
    format: WireFormat
    native: Callable[[ReplyPlan, Random], str] = _hermes


@dataclass(frozen=True, slots=True)
class Fault:
    """A simulated fault. ``apply`` takes (reply, roll), for the stages ``pieces`` and ``wire``
    (reply, pieces or wire, roll), and returns whether it changed anything.

    ``needs`` lists comma-separated places where it can occur, each some of ``plain``, ``stream``
    and the traits of wire formats (``"indexed stream, object"``: see formats.Traits.fit); empty
    means everywhere. ``turn`` is the first turn in which it can show (above 1: it needs a history).
    ``legal`` marks what no one may blame; ``lasting`` what a whole conversation has or hasn't, by
    its opening. A defect's fault is called like the defect.
    """

    apply: Callable[..., bool]
    stage: FaultStage
    needs: str = ""
    turn: int = 1
    legal: bool = False
    slug: str = ""
    help: str = ""
    lasting: bool = False

    def __post_init__(self) -> None:
        # Raises for a word that is no trait.
        _fit(self.needs, Traits("text"), False)
        if not self.help:
            object.__setattr__(self, "help", (self.apply.__doc__ or "").strip())

    def fits(self, traits: Traits, stream: bool) -> bool:
        """Whether it can occur in a format with these traits, in that stream mode."""
        return _fit(self.needs, traits, stream)


@cache
def _fit(needs: str, traits: Traits, stream: bool) -> bool:
    held = [_fits_one(place, traits, stream) for place in needs.split(",")]
    return any(held)


def _fits_one(place: str, traits: Traits, stream: bool) -> bool:
    words = place.split()
    modes = [_MODES[word] for word in words if word in _MODES]
    rest = " ".join(word for word in words if word not in _MODES)
    return traits.fit(rest) and stream in (modes or (False, True))
