"""Replies that show a defect, and look-alikes that must not be blamed, written in a line or two.

``arguments`` is one call of one tool, ``answer`` a plain reply, ``streamed`` the tool-call events
of a stream. None names a wire format: the test judges each in all formats that it fits. Whole
recorded exchanges are files beside (``defects/examples/SLUG/*.http``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from toolfuzz.core.case import Case, Expectation, ExpectedCall, JsonObject, Message, Tool, Turn
from toolfuzz.core.reply import Finish, Fragment, Reply, ToolCall

__all__ = ["ABSENT", "UNKNOWN", "Example", "answer", "arguments", "called", "streamed"]

UNKNOWN: Final[Any] = object()
ABSENT: Final[Any] = object()
_ANY: JsonObject = {"type": "object"}


@dataclass(frozen=True, slots=True)
class Example:
    """A case, the replies to its turns so far, and whether the defect is in the last of them.

    ``counterpart`` is the plain reply to the same question, ``max_tokens`` the request's cap.
    """

    case: Case
    replies: tuple[Reply, ...]
    found: bool = True
    counterpart: Reply | None = None
    max_tokens: int | None = None


def arguments(
    sent: Any,
    *,
    asked: Any = UNKNOWN,
    schema: JsonObject | None = None,
    found: bool = True,
    strict: bool = False,
    stream: bool = False,
) -> Example:
    """One call of the tool ``f``: the argument text as sent, beside the arguments asked for.

    What is no text stands on the wire in place of the text (ABSENT leaves the key out). Without
    ``asked`` only the schema is known.
    """
    known = asked is not UNKNOWN
    tool = Tool("f", "", _ANY if schema is None else schema, strict)
    expect = Expectation("calls", (ExpectedCall("f", asked),)) if known else Expectation("unknown")
    reply = _reply((called("f", sent),), finish="tool_calls", stream=stream)
    return Example(_case((tool,), expect), (reply,), found)


def answer(
    *calls: ToolCall,
    asked: Sequence[tuple[str, JsonObject]] | None = (),
    text: str = "",
    finish: Finish | None = None,
    found: bool = True,
    tools: Sequence[Tool] = (),
    turn: JsonObject | None = None,
    counterpart: Reply | None = None,
    max_tokens: int | None = None,
    **more: Any,
) -> Example:
    """A plain reply to a question that asked for these calls (None: nobody knows what).

    ``tools`` are beside those that are asked for; ``turn`` holds more fields of the turn
    (``tool_choice``, ``parallel``), ``more`` of the reply (``usage``, ``reasoning``).
    """
    reply = _reply(calls, text=text, finish=finish or ("tool_calls" if calls else "stop"), **more)
    case = _asking(asked, tools, calls, turn or {})
    return Example(case, (reply,), found, counterpart, max_tokens)


def streamed(
    *fragments: Fragment,
    asked: Sequence[tuple[str, JsonObject]] | None = None,
    found: bool = True,
    tools: Sequence[Tool] = (),
    finish: Finish | None = "tool_calls",
    **more: Any,
) -> Example:
    """A streamed reply, as the events of its tool calls."""
    reply = _reply((), finish=finish, stream=True, fragments=fragments, **more)
    calls = [ToolCall(None, f.name, None) for f in fragments if f.name]
    return Example(_asking(asked, tools, calls, {}), (reply,), found)


def called(name: str | None, sent: Any = "{}", id: str | None = "call_1") -> ToolCall:
    """A call with its argument text as it stands on the wire."""
    if isinstance(sent, str):
        return ToolCall(id, name, sent)
    return ToolCall(id, name, None, None if sent is ABSENT else sent, sent is not ABSENT)


def _asking(
    asked: Sequence[tuple[str, JsonObject]] | None,
    tools: Sequence[Tool],
    calls: Sequence[ToolCall],
    turn: JsonObject,
) -> Case:
    wanted = tuple(ExpectedCall(name, value) for name, value in asked or ())
    expect = Expectation("unknown" if asked is None else "calls" if wanted else "no_call", wanted)
    names = [call.tool for call in wanted]
    names += [call.name for call in calls if call.name and asked is None]
    known = {tool.name for tool in tools}
    offered = [Tool(name, "", _ANY) for name in dict.fromkeys(names) if name not in known]
    return _case((*tools, *offered), expect, **turn)


def _case(tools: Sequence[Tool], expect: Expectation, **turn: Any) -> Case:
    asking = Turn((Message("user", "Do what was asked for."),), expect, **turn)
    return Case("generated", "example", (), tuple(tools), (asking,))


def _reply(calls: Sequence[ToolCall], *, stream: bool = False, **more: Any) -> Reply:
    return Reply("", stream, 200, calls=tuple(calls), **more)
