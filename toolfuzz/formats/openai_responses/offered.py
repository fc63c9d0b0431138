"""The tools of a Responses request, and which of them must be called.

Beside functions there are ``custom`` tools, whose calls hold free text, and namespaces of both;
more can be offered on the way, in the input. What the provider runs itself (web search, MCP, …) and
what has calls of its own kind (a shell, a computer) has no name here.

https://developers.openai.com/api/docs/guides/tools
"""

from collections.abc import Iterator

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Json, JsonObject, Tool
from toolfuzz.formats.reading import objects, offering, string, text_tool, tool_of

__all__ = ["allowed_by", "choice_of", "namespace_of", "offered", "tool_choice_of"]

_MORE = ("additional_tools", "tool_search_output")


def tool_choice_of(ask: Ask) -> Json:
    """Return how a request says which tools may or must be called."""
    if ask.tool_choice.startswith("tool:"):
        return _reference(ask, ask.tool_choice.removeprefix("tool:"))
    if not ask.allowed or ask.tool_choice == "none":
        return ask.tool_choice
    tools = [_reference(ask, name) for name in ask.allowed]
    return {"type": "allowed_tools", "mode": ask.tool_choice, "tools": tools}


def _reference(ask: Ask, name: str) -> JsonObject:
    tool = ask.tool(name)
    return {"type": "custom" if tool and tool.takes_text else "function", "name": name}


def offered(body: JsonObject) -> tuple[Tool, ...]:
    """Read the tools of a request that are called by their name."""
    return offering(tool for entry in _entries(body) for tool in _named(entry))


def namespace_of(body: JsonObject, name: object) -> str | None:
    """Return the namespace in which a tool of that name is offered; a call of it says so."""
    for entry in _entries(body):
        if entry.get("type") == "namespace" and any(tool.name == name for tool in _named(entry)):
            return string(entry, "name")
    return None


def choice_of(body: JsonObject) -> str:
    """Read what must be called: nothing that is seen here, where another kind of tool will do."""
    choice = body.get("tool_choice", "auto")
    if isinstance(choice, dict):
        match choice.get("type"):
            case "function" | "custom":
                return f"tool:{string(choice, 'name') or ''}"
            case "allowed_tools":
                choice = choice.get("mode")
    if choice == "required" and not all(any(_named(entry)) for entry in _entries(body)):
        return "auto"
    return choice if isinstance(choice, str) else "auto"


def allowed_by(body: JsonObject) -> tuple[str, ...]:
    """Read the names of the only tools that may be called; none where other kinds may be, too."""
    match body.get("tool_choice"):
        case {"type": "allowed_tools", "tools": list(entries)}:
            named = [tool.name for entry in objects(entries) for tool in _named(entry)]
            return tuple(named) if len(named) == len(entries) else ()
        case _:
            return ()


def _entries(body: JsonObject) -> Iterator[JsonObject]:
    yield from objects(body.get("tools"))
    for item in objects(body.get("input")):
        if item.get("type") in _MORE:
            yield from objects(item.get("tools"))


def _named(entry: JsonObject) -> Iterator[Tool]:
    match entry.get("type"):
        case "namespace":
            for inner in objects(entry.get("tools")):
                yield from _named(inner)
        case "custom":
            yield text_tool(entry)
        case "function":
            yield tool_of(entry, entry.get("parameters"))
        case _ if string(entry, "name"):
            yield tool_of(entry, entry.get("parameters"))
