"""Replies that show a defect, and look-alikes that must not be blamed, written in a line or two.

``arguments`` is one call of one tool, ``value`` its only parameter, ``answer`` a plain reply,
``streamed`` the tool-call events of a stream. None names a wire format: the test judges each in
all formats that it fits. Whole recorded exchanges are files beside
(``defects/examples/SLUG/*.http``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from toolfuzz.core.case import Case, Expectation, ExpectedCall, JsonObject, Message, Tool, Turn
from toolfuzz.core.given import Given
from toolfuzz.core.reply import Finish, Fragment, Reply, ToolCall
from toolfuzz.formats.plan import ABSENT

__all__ = [
    "ABSENT",
    "UNKNOWN",
    "Example",
    "answer",
    "arguments",
    "called",
    "closed",
    "delta",
    "opened",
    "refused",
    "said",
    "streamed",
    "tool",
    "value",
    "whole",
]

UNKNOWN: Final[Any] = object()
_ANY: JsonObject = {"type": "object"}


@dataclass(frozen=True, slots=True)
class Example:
    """A case, the replies to its turns so far, and whether the defect is in the last of them.

    ``where`` are the traits of the formats in which it is judged (``Traits.fit``; "" is all).
    ``counterpart`` is the plain reply to the same question, ``max_tokens`` the request's cap,
    ``given`` what must come beside the calls.
    """

    case: Case
    replies: tuple[Reply, ...]
    found: bool = True
    where: str = ""
    counterpart: Reply | None = None
    max_tokens: int | None = None
    given: Given | None = None


def arguments(
    sent: Any,
    *,
    asked: Any = UNKNOWN,
    schema: JsonObject | None = None,
    found: bool = True,
    strict: bool = False,
    stream: bool = False,
    where: str = "",
) -> Example:
    """One call of the tool ``f``: the argument text as sent, beside the arguments asked for.

    What is no text stands on the wire in place of the text (ABSENT leaves the key out). Without
    ``asked`` only the schema is known.
    """
    known = asked is not UNKNOWN
    tool = Tool("f", "", _ANY if schema is None else schema, strict)
    expect = Expectation("calls", (ExpectedCall("f", asked),)) if known else Expectation("unknown")
    reply = _reply((called("f", sent),), finish="tool_calls", stream=stream)
    return Example(_case((tool,), expect), (reply,), found, where)


def value(sent: str, right: Any, schema: JsonObject, *, found: bool = True) -> Example:
    """The only parameter ``v`` of a tool: its JSON as sent, beside the value asked for."""
    parameters = {"type": "object", "properties": {"v": schema}, "required": ["v"]}
    return arguments(f'{{"v": {sent}}}', asked={"v": right}, schema=parameters, found=found)


def answer(
    *calls: ToolCall,
    asked: Sequence[tuple[str, JsonObject]] | None = (),
    text: str = "",
    finish: Finish | None = None,
    found: bool = True,
    tools: Sequence[Tool] = (),
    turn: JsonObject | None = None,
    where: str = "",
    earlier: Sequence[Reply] = (),
    results: tuple[str, ...] = (),
    counterpart: Reply | None = None,
    max_tokens: int | None = None,
    order: Literal["any", "given"] = "any",
    given: Given | None = None,
    **more: Any,
) -> Example:
    """A plain reply to a question that asked for these calls (None: nobody knows what).

    ``tools`` are beside those that are asked for; ``turn`` holds more fields of the turn
    (``tool_choice``, ``parallel``), ``more`` of the reply (``usage``, ``reasoning``). ``earlier``
    are replies to turns before (``said``), ``results`` what the tools answered to each. ``order``
    is the one asked for, ``given`` what must come beside the calls.
    """
    reply = _reply(calls, text=text, finish=finish or ("tool_calls" if calls else "stop"), **more)
    case = _asking(asked, tools, calls, turn or {}, order)
    before = Turn((), Expectation("unknown"), results=results)
    turns = (*(before for _ in earlier), *case.turns)
    case = replace(case, turns=turns)
    return Example(case, (*earlier, reply), found, where, counterpart, max_tokens, given)


def streamed(
    *fragments: Fragment,
    asked: Sequence[tuple[str, JsonObject]] | None = None,
    found: bool = True,
    tools: Sequence[Tool] = (),
    finish: Finish | None = "tool_calls",
    where: str = "",
    counterpart: Reply | None = None,
    **more: Any,
) -> Example:
    """A streamed reply, as the events of its tool calls (``opened``, ``delta``, ``closed``).

    ``counterpart`` is the plain reply (``said``) to the same question.
    """
    reply = _reply((), finish=finish, stream=True, fragments=fragments, **more)
    calls = [ToolCall(None, f.name, None) for f in fragments if f.name]
    return Example(_asking(asked, tools, calls, {}), (reply,), found, where, counterpart)


def opened(slot: int | None, arguments: Any = None, *, id: str, name: str) -> Fragment:
    """The event that opens a call, with ``{}`` where the format has an object."""
    keys = ("index", "id", "name", "arguments")
    return Fragment(0, "open", slot, id, name, {} if arguments is None else arguments, keys)


def closed(slot: int | None) -> Fragment:
    """The event that closes a call."""
    return Fragment(0, "close", slot, keys=("index",))


def whole(slot: int | None, arguments: str) -> Fragment:
    """The event that repeats all arguments of a call."""
    return Fragment(0, "done", slot, arguments=arguments, keys=("index", "arguments"))


def delta(
    slot: int | None, arguments: Any = None, *, id: str | None = None, name: str | None = None
) -> Fragment:
    """One tool-call event of a stream; what is None is absent."""
    given = {"index": slot, "id": id, "name": name, "arguments": arguments}
    keys = tuple(key for key, value in given.items() if value is not None)
    return Fragment(0, "delta", slot, id, name, arguments, keys)


def refused(
    message: str,
    *,
    status: int = 400,
    tools: Sequence[Tool] = (),
    turn: int = 0,
    found: bool = True,
    **asked: Any,
) -> Example:
    """An HTTP error in place of the reply to a turn (counted from 0).

    ``asked`` holds more fields of every turn (``tool_choice``, ``parallel``).
    """
    reply = Reply("", False, status, error={"message": message})
    tools = tools or (Tool("get_weather", "", _ANY),)
    unknown = Turn((Message("user", "Go on."),), Expectation("unknown"), **asked)
    case = Case("generated", "example", (), tuple(tools), (unknown,) * (turn + 1))
    earlier = said(called("get_weather"))
    return Example(case, (*[earlier] * turn, reply), found)


def said(*calls: ToolCall, text: str = "") -> Reply:
    """An earlier reply."""
    return _reply(calls, text=text, finish="tool_calls" if calls else "stop")


def called(name: str | None, sent: Any = "{}", id: str | None = "call_1") -> ToolCall:
    """A call with its argument text as it stands on the wire."""
    if isinstance(sent, str):
        return ToolCall(id, name, sent)
    return ToolCall(id, name, None, None if sent is ABSENT else sent, sent is not ABSENT)


def tool(name: str, parameters: JsonObject | None = None) -> Tool:
    """A tool to be offered beside those that are asked for."""
    return Tool(name, "", _ANY if parameters is None else parameters)


def _asking(
    asked: Sequence[tuple[str, JsonObject]] | None,
    tools: Sequence[Tool],
    calls: Sequence[ToolCall],
    turn: JsonObject,
    order: Literal["any", "given"] = "any",
) -> Case:
    wanted = tuple(ExpectedCall(name, value) for name, value in asked or ())
    kind: Literal["calls", "no_call", "unknown"] = "calls" if wanted else "no_call"
    expect = Expectation("unknown" if asked is None else kind, wanted, order)
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
