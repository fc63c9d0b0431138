"""What is asked, and what a right answer is."""

import hashlib
import json
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from toolfuzz.core.compact import as_python
from toolfuzz.core.pickled import by_values
from toolfuzz.core.remembered import by_identity

__all__ = [
    "Case",
    "Expectation",
    "ExpectedCall",
    "Json",
    "JsonObject",
    "Message",
    "ResultKind",
    "Tool",
    "Turn",
    "callable_tools",
    "cluster_of",
    "of_own_tools",
    "respelled_from",
]

Json = Any
ResultKind = Literal["text", "parts", "error"]
JsonObject = dict[str, Any]

GENERATED = "generated"
"""The origin of a case whose tools were drawn."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One offered tool. ``parameters`` is the JSON Schema exactly as it is sent.

    ``description`` is None where none is sent. Not ``declared``: no schema is sent, ``parameters``
    are {}, and what its calls hold only the wire format knows (nothing) or the provider.
    ``{"type": "string"}`` is that of a recorded tool whose calls hold free text, not an object.
    """

    name: str
    description: str | None
    parameters: JsonObject
    strict: bool = False
    declared: bool = True

    @property
    def takes_text(self) -> bool:
        """Whether its calls hold free text instead of an object."""
        return self.parameters == {"type": "string"}


@dataclass(frozen=True, slots=True)
class Message:
    """One scripted message; assistant and tool messages of a history come from real replies.

    ``parts``: it is sent as a list of text parts, where the format has both.
    """

    role: Literal["system", "user"]
    content: str
    parts: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectedCall:
    """A call that must come back: tool name and the exact arguments object."""

    tool: str
    arguments: JsonObject


@dataclass(frozen=True, slots=True)
class Expectation:
    """The right answer of a turn.

    ``calls``: exactly these calls. ``no_call``: a reply without any call. ``unknown``: nothing is
    known (offline judging without an oracle); only schema and wire can be judged.
    ``compare="schema"`` accepts any arguments that validate.
    """

    kind: Literal["calls", "no_call", "unknown"]
    calls: tuple[ExpectedCall, ...] = ()
    order: Literal["any", "given"] = "any"
    compare: Literal["exact", "schema"] = "exact"


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, what must come back, and the scripted results of the expected calls.

    ``tool_choice`` is ``auto``, ``none``, ``required`` or the name of a tool as ``tool:NAME``.
    ``parallel`` is the request's parallel_tool_calls flag; None leaves it out. ``tools`` are on
    offer in this turn, where these are others than the case's. ``results_as`` says how the results
    are sent: as a text, as a list of text parts, or as a text that the format marks as an error.
    ``order`` are the positions of the results in the order in which they are sent, where that is
    another than the calls' (and the calls have ids by which they can be told apart).
    ``continues``: the server is to remember what was said before, so only what is new is sent.
    ``allowed`` are the only tools on offer that may be called, where the request says so.
    ``answer`` is the text that was answered in a turn of a recorded conversation.
    """

    messages: tuple[Message, ...]
    expect: Expectation
    tool_choice: str = "auto"
    parallel: bool | None = None
    results: tuple[str, ...] = ()
    tools: tuple[Tool, ...] | None = None
    results_as: ResultKind = "text"
    order: tuple[int, ...] = ()
    continues: bool = False
    allowed: tuple[str, ...] = ()
    answer: str = ""

    @property
    def may_call(self) -> tuple[str, ...]:
        """The only tools that may be called, by their names; none: whichever is on offer."""
        return callable_tools(self.tool_choice, self.allowed)


@dataclass(frozen=True, slots=True)
class Case:
    """A question with a known right answer. It knows no target, so any model can be asked it.

    ``id`` is the hash of what is asked (tools and turns), never of a seed or an index;
    ``schema_id`` that of the offered tools alone.
    ``origin`` is ``generated`` or says where the tools came from (``tools:data_import.json``); a
    respelled case's is ``respelled:SPELLING:ID`` with the id of the case that it spells anew.
    ``world`` is what the tools act on, where they are executed (see ``toolfuzz.worlds``): then
    ``turns`` holds the first turn only, and what follows depends on the calls that come.
    """

    origin: str
    probe: str
    features: tuple[str, ...]
    tools: tuple[Tool, ...]
    turns: tuple[Turn, ...]
    world: JsonObject | None = None
    id: str = field(init=False, default="")
    schema_id: str = field(init=False, default="")

    def __post_init__(self) -> None:
        schema_id = _digest(b"[%b]" % b",".join(map(_offered_text, self.tools)))
        asked = [b'"%b"' % schema_id.encode(), _text([_asked(turn) for turn in self.turns])]
        if self.world is not None:
            asked.append(_text(self.world))
        object.__setattr__(self, "schema_id", schema_id)
        object.__setattr__(self, "id", _digest(b"[%b]" % b",".join(asked)))

    @property
    def cluster(self) -> str:
        """The unit that was sampled (see ``cluster_of``)."""
        return cluster_of(self)

    @property
    def is_drawn(self) -> bool:
        """Whether the tools were drawn, and are not the user's own."""
        return self.origin == GENERATED

    @property
    def is_recorded(self) -> bool:
        """Whether others asked it: what was said before its last turn is given, and not asked."""
        return self.origin == "recorded"

    @property
    def respelled_from(self) -> tuple[str, str] | None:
        """The spelling and the original's id, when this is a respelled case."""
        return respelled_from(self.origin)

    def tools_at(self, turn: int) -> tuple[Tool, ...]:
        """Return what is on offer in a turn, counted from 0."""
        own = self.turns[turn].tools
        return self.tools if own is None else own

    def at(self, turn: int) -> Turn:
        """Return a turn, counted from 0; -1 is the last."""
        return self.turns[turn]

    def map_turns(self, change: Callable[[Turn], Turn]) -> "Case":
        """Return the case with every turn changed."""
        return replace(self, turns=tuple(map(change, self.turns)))

    def going_on(self, turns: tuple[Turn, ...]) -> "Case":
        """Return the case under its own id with the turns that came of its world so far."""
        grown = copy(self)
        object.__setattr__(grown, "turns", turns)
        return grown

    def knows_answer(self, turn: int) -> bool:
        """Whether the right answer to a turn is known; -1 is the last."""
        return turn < len(self.turns) and self.turns[turn].expect.kind != "unknown"

    def knows_arguments(self, turn: int) -> bool:
        """Whether the right answer is known to its last value, and not only by its schema."""
        return self.knows_answer(turn) and self.turns[turn].expect.compare == "exact"

    @property
    def calls(self) -> tuple[ExpectedCall, ...]:
        """The expected calls of all turns."""
        return tuple(call for turn in self.turns for call in turn.expect.calls)

    def tool(self, name: str) -> Tool | None:
        """Return the offered tool of that exact name."""
        return next((t for t in self.tools if t.name == name), None)


by_values(Tool, Message, ExpectedCall, Expectation, Turn, Case)


class _Sampled(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def schema_id(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def world(self) -> JsonObject | None: ...


def cluster_of(case: _Sampled) -> str:
    """Return the unit that was sampled: the schema when it was generated, else the case itself.

    Generated schemas are a sample of all schemas; a user's own tools are the whole population, and
    only the values are sampled. A world and its control twin are one sample.
    """
    if case.world is not None:
        return str(case.world.get("pair"))
    return case.schema_id if case.origin == GENERATED else case.id


def of_own_tools(origin: str) -> bool:
    """Whether that is the origin of a case about the user's own tools."""
    return origin.startswith("tools:")


def respelled_from(origin: str) -> tuple[str, str] | None:
    """Return the spelling and the original's id, when that is the origin of a respelled case.

    Journals of version 0.1 call it a twin.
    """
    kind, _, rest = origin.partition(":")
    spelling, _, original = rest.partition(":")
    return (spelling, original) if kind in ("respelled", "twin") else None


def callable_tools(tool_choice: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the only tools that may be called by a request's choice; none: any on offer."""
    kind, _, name = tool_choice.partition(":")
    return (name,) if kind == "tool" else allowed


def _offered(t: Tool) -> list[Json]:
    return [t.name, t.description, t.parameters, t.strict, *(() if t.declared else [False])]


@by_identity
def _offered_text(tool: Tool) -> bytes:
    return _text(_offered(tool))


def _asked(turn: Turn) -> list[Json]:
    """What later versions added counts only where it is used: ids stay what they were."""
    asked: list[Json] = [
        [[m.role, m.content, *([True] if m.parts else ())] for m in turn.messages],
        [[c.tool, c.arguments] for c in turn.expect.calls],
        [turn.expect.kind, turn.expect.order, turn.expect.compare],
        [turn.tool_choice, turn.parallel, turn.results],
    ]
    if turn.tools is not None:
        asked.append(["tools", [_offered(tool) for tool in turn.tools]])
    if turn.results_as != "text":
        asked.append(["results", turn.results_as])
    if turn.order:
        asked.append(["order", turn.order])
    if turn.continues:
        asked.append(["continues"])
    if turn.allowed:
        asked.append(["allowed", turn.allowed])
    if turn.answer:
        asked.append(["answer", turn.answer])
    return asked


def _text(content: Json) -> bytes:
    return as_python(content) or json.dumps(content, separators=(",", ":")).encode()


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]
