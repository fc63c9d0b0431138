"""What a request asks, in one vocabulary for all wire formats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from toolfuzz.core.case import Case, Expectation, Message, Tool, Turn
from toolfuzz.core.reply import Reply

__all__ = ["Answered", "Ask", "Called", "Said", "ToolResult", "ask_of", "turns_of"]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool said. ``call_id`` and ``tool`` are those of the call that it answers."""

    call_id: str | None
    tool: str | None
    content: str


@dataclass(frozen=True, slots=True)
class Called:
    """What the assistant said: the endpoint's own reply, unrepaired, with its calls assembled."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Answered:
    """The results of the calls just before, in call order."""

    results: tuple[ToolResult, ...]


Said = Message | Called | Answered


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: the offered tools, all that was said so far, and how to answer.

    ``tool_choice`` is ``auto``, ``none``, ``required`` or ``tool:NAME``; ``parallel`` the flag that
    allows several calls at once, None when the request doesn't say; ``max_tokens`` the limit of the
    answer.
    """

    model: str = ""
    tools: tuple[Tool, ...] = ()
    said: tuple[Said, ...] = ()
    tool_choice: str = "auto"
    parallel: bool | None = None
    max_tokens: int | None = None
    stream: bool = False

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
    (those of a streamed reply must have been assembled). Turn.results answer the calls in order; a
    call beyond them gets an empty result, so that none stays unanswered.
    """
    asked = case.turns[turn]
    said: list[Said] = []
    for earlier, reply in history:
        said += [*earlier.messages, Called(reply)]
        if reply.calls:
            said.append(Answered(tuple(_results(earlier, reply))))
    return Ask(
        model=model,
        tools=case.tools,
        said=(*said, *asked.messages),
        tool_choice=asked.tool_choice,
        parallel=asked.parallel,
        stream=stream,
    )


def turns_of(ask: Ask, expect: Expectation) -> tuple[Turn, ...]:
    """Return the turns of a recorded question, one for each of ``ask.replies`` and the last one.

    Only what is expected of the last one is known.
    """
    turns: list[Turn] = []
    messages: list[Message] = []
    for said in ask.said:
        match said:
            case Message():
                messages.append(said)
            case Called():
                turns.append(Turn(tuple(messages), Expectation("unknown")))
                messages = []
            case Answered(results) if turns:
                turns[-1] = replace(turns[-1], results=tuple(r.content for r in results))
    return (*turns, Turn(tuple(messages), expect, ask.tool_choice, ask.parallel))


def _results(turn: Turn, reply: Reply) -> Iterator[ToolResult]:
    scripted = turn.results[: len(reply.calls)]
    for call, content in zip_longest(reply.calls, scripted, fillvalue=""):
        assert not isinstance(call, str)
        yield ToolResult(call.id, call.name, content)
