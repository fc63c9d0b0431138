"""What a request asks, in one vocabulary for all wire formats."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from toolfuzz.core.case import (
    Case,
    Expectation,
    ExpectedCall,
    Message,
    ResultKind,
    Tool,
    Turn,
    callable_tools,
)
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.reply import Reply, ToolCall, arguments_of

__all__ = [
    "Answered",
    "Ask",
    "Called",
    "Said",
    "ToolResult",
    "answered",
    "ask_of",
    "asked_after",
    "said_in",
    "turns_of",
]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool said. ``call_id`` and ``tool`` are those of the call that it answers.

    ``kind`` is how it is sent (see Turn). It is no part of what is said and isn't read back.
    """

    call_id: str | None
    tool: str | None
    content: str
    kind: ResultKind = field(default="text", compare=False)


@dataclass(frozen=True, slots=True)
class Called:
    """What the assistant said: the endpoint's own reply, unrepaired, with its calls assembled."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Answered:
    """The results of the calls just before, in the order in which they are sent."""

    results: tuple[ToolResult, ...]


Said = Message | Called | Answered


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: the offered tools, all that was said so far, and how to answer.

    ``tool_choice`` is ``auto``, ``none``, ``required`` or ``tool:NAME``; ``parallel`` the flag that
    allows several calls at once, None when the request doesn't say; ``allowed`` the only tools on
    offer that may be called, where the request says so; ``max_tokens`` the limit of the answer.
    ``continues`` is the id of the reply that the server is to go on from: a request then holds what
    was said after it alone, and so does one that was read; "" asks it to remember this one.
    """

    model: str = ""
    tools: tuple[Tool, ...] = ()
    said: tuple[Said, ...] = ()
    tool_choice: str = "auto"
    parallel: bool | None = None
    allowed: tuple[str, ...] = ()
    max_tokens: int | None = None
    stream: bool = False
    continues: str | None = None

    @property
    def may_call(self) -> tuple[str, ...]:
        """The only tools that may be called, by their names; none: whichever is on offer."""
        return callable_tools(self.tool_choice, self.allowed)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The system and user messages."""
        return tuple(said for said in self.said if isinstance(said, Message))

    @property
    def replies(self) -> tuple[Reply, ...]:
        """The assistant's earlier replies."""
        return tuple(said.reply for said in self.said if isinstance(said, Called))

    @property
    def prompt(self) -> str:
        """The last thing the user said."""
        users = (m.content for m in reversed(self.messages) if m.role == "user" and m.content)
        return next(users, "")

    @property
    def answered(self) -> tuple[ToolResult, ...]:
        """The tool results, when they are the last thing that was said."""
        last = self.said[-1] if self.said else None
        return last.results if isinstance(last, Answered) else ()

    @property
    def turn(self) -> int:
        """1 for the first question, 2 after the assistant has called once, and so on."""
        return 1 + sum(1 for reply in self.replies if reply.calls)

    def tool(self, name: str) -> Tool | None:
        """Return the offered tool of that exact name."""
        return next((tool for tool in self.tools if tool.name == name), None)


def ask_of(
    case: Case,
    turn: int = 0,
    history: Sequence[tuple[Turn, Reply]] = (),
    *,
    model: str,
    stream: bool = False,
) -> Ask:
    """Return the question of a case's turn.

    ``history`` are the turns before it with the replies that really came, each with its ``calls``
    (those of a streamed reply must have been assembled). Turn.results answer the expected calls; a
    call that nobody expected gets an empty result, so that none stays unanswered.
    """
    said = [one for earlier, reply in history for one in said_in(earlier, reply)]
    return asked_after(case, turn, said, history, model=model, stream=stream)


def said_in(turn: Turn, reply: Reply) -> Iterator[Said]:
    """Yield what was said in a turn: its messages, the reply, the results of its calls."""
    yield from turn.messages
    yield Called(reply)
    if reply.calls:
        yield Answered(_results(turn, reply))


def asked_after(
    case: Case,
    turn: int,
    said: Sequence[Said],
    history: Sequence[tuple[Turn, Reply]],
    *,
    model: str,
    stream: bool = False,
) -> Ask:
    """Return the question of a case's turn after all that was said in its ``history``."""
    asked = case.turns[turn]
    return Ask(
        model=model,
        tools=case.tools_at(turn),
        said=(*said, *asked.messages),
        tool_choice=asked.tool_choice,
        parallel=asked.parallel,
        allowed=asked.allowed,
        stream=stream,
        continues=_last_id(history) if asked.continues else None,
    )


def _last_id(history: Sequence[tuple[Turn, Reply]]) -> str:
    ids = history[-1][1].chunk_ids if history else ()
    return ids[-1] if ids else ""


def turns_of(ask: Ask, expect: Expectation) -> tuple[Turn, ...]:
    """Return the turns of a recorded question, one for each of ``ask.replies`` and the last one."""
    turns: list[Turn] = []
    messages: list[Message] = []
    for said in ask.said:
        match said:
            case Message():
                messages.append(said)
            case Called(reply):
                turns.append(answered(Turn(tuple(messages), Expectation("unknown")), reply))
                messages = []
            case Answered(results) if turns:
                turns[-1] = replace(turns[-1], results=tuple(r.content for r in results))
    last = Turn(tuple(messages), expect, ask.tool_choice, ask.parallel, allowed=ask.allowed)
    return (*turns, last)


def answered(turn: Turn, reply: Reply) -> Turn:
    """Return a recorded turn that expects what was answered to it."""
    given = [(call.name or "", arguments_of(call)) for call in reply.calls]
    # A history that holds no object there can't be asked again as it was.
    calls = tuple(ExpectedCall(name, a if isinstance(a, dict) else {}) for name, a in given)
    expect = Expectation("calls", calls) if calls else Expectation("no_call")
    return replace(turn, expect=expect, answer=reply.text)


def _results(turn: Turn, reply: Reply) -> tuple[ToolResult, ...]:
    places = _places(turn.expect.calls, reply.calls)
    told = [
        (place, ToolResult(call.id, call.name, _result(turn, place), turn.results_as))
        for place, call in zip(places, reply.calls, strict=True)
    ]
    if turn.order and all(call.id for call in reply.calls):
        rank = {place: n for n, place in enumerate(turn.order)}
        told.sort(key=lambda one: rank.get(one[0], len(rank)))
    return tuple(result for _, result in told)


def _result(turn: Turn, place: int) -> str:
    return turn.results[place] if place < len(turn.results) else ""


def _places(expected: Sequence[ExpectedCall], calls: Sequence[ToolCall]) -> list[int]:
    """Return for each call the position of the expected one that it is.

    Equal calls are told apart by their order; so are those that nothing is known of.
    """
    left = dict(enumerate(expected))
    places: list[int] = []
    for n, call in enumerate(calls):
        place = _place(left, call, len(expected)) if len(expected) > 1 else n
        left.pop(place, None)
        places.append(place)
    return places


def _place(left: Mapping[int, ExpectedCall], call: ToolCall, nowhere: int) -> int:
    of_tool = [place for place, wanted in left.items() if wanted.tool == call.name] or list(left)
    arguments = canonical(arguments_of(call))
    same = [place for place in of_tool if canonical(left[place].arguments) == arguments]
    return next(iter(same or of_tool), nowhere)
