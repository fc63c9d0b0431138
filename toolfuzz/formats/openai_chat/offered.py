"""The tools of a chat completion's request, and which of them must be called.

Beside functions there are ``custom`` tools, whose calls hold free text; gateways offer tools of
their own, which have no name here.

https://platform.openai.com/docs/api-reference/chat/create
"""

from collections.abc import Iterator

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Json, JsonObject, Tool
from toolfuzz.formats.reading import objects, offering, string, text_tool, tool_of

__all__ = ["allowed_by", "choice_of", "offered", "tool_choice_of"]


def tool_choice_of(ask: Ask) -> Json:
    """Return how a request says which tools may or must be called."""
    if ask.tool_choice.startswith("tool:"):
        return _reference(ask, ask.tool_choice.removeprefix("tool:"))
    if not ask.allowed or ask.tool_choice == "none":
        return ask.tool_choice
    tools = [_reference(ask, name) for name in ask.allowed]
    return {"type": "allowed_tools", "allowed_tools": {"mode": ask.tool_choice, "tools": tools}}


def _reference(ask: Ask, name: str) -> JsonObject:
    tool = ask.tool(name)
    kind = "custom" if tool and tool.takes_text else "function"
    return {"type": kind, kind: {"name": name}}


def offered(body: JsonObject) -> tuple[Tool, ...]:
    """Read the tools of a request; the legacy ``functions`` list is read, too."""
    entries = [*objects(body.get("tools"))]
    entries += [{"function": function} for function in objects(body.get("functions"))]
    return offering(tool for entry in entries for tool in _named(entry))


def choice_of(body: JsonObject) -> str:
    """Read what must be called: nothing that is seen here, where another kind of tool will do."""
    choice = body.get("tool_choice", "auto")
    if isinstance(choice, dict):
        match choice:
            case {"function": {"name": str(name)}} | {"custom": {"name": str(name)}}:
                return f"tool:{name}"
            case {"allowed_tools": {"mode": str(mode)}}:
                choice = mode
    if choice == "required" and not all(any(_named(t)) for t in objects(body.get("tools"))):
        return "auto"
    return choice if isinstance(choice, str) else "auto"


def allowed_by(body: JsonObject) -> tuple[str, ...]:
    """Read the names of the only tools that may be called; none where other kinds may be, too."""
    match body.get("tool_choice"):
        case {"allowed_tools": {"tools": list(entries)}}:
            named = [tool.name for entry in objects(entries) for tool in _named(entry)]
            return tuple(named) if len(named) == len(entries) else ()
        case _:
            return ()


def _named(entry: JsonObject) -> Iterator[Tool]:
    function, custom = entry.get("function"), entry.get("custom")
    if isinstance(function, dict):
        yield tool_of(function, function.get("parameters"))
    elif isinstance(custom, dict) and string(custom, "name"):
        yield text_tool(custom)
