"""The shapes in which tools are written down, told apart by their keys.

OpenAI chat (https://platform.openai.com/docs/api-reference/chat/create), OpenAI Responses,
Anthropic (https://docs.anthropic.com/en/api/messages), MCP ``tools/list``
(https://modelcontextprotocol.io/specification), and bare ``{name, description, parameters}``.
"""

from collections.abc import Iterator

from toolfuzz.core.case import Json, JsonObject, Tool
from toolfuzz.core.jsonvalue import a_kind, pointer_of

__all__ = ["ShapeError", "find_tools", "read_tool"]

_NO_PARAMETERS: JsonObject = {"type": "object", "properties": {}}
_SCHEMA_KEYS = ("parameters", "input_schema", "inputSchema")


class ShapeError(ValueError):
    """An entry that is not a tool: its JSON ``pointer`` in the file and the ``reason``."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer
        self.reason = reason


def find_tools(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield each entry of the list of tools with its JSON pointer in the document.

    The list is the document itself, or stands under ``tools`` (a request body, a ``tools/list``
    result) or ``result.tools`` (the JSON-RPC reply around it); one tool alone will do too.
    """
    if isinstance(document, list):
        yield from ((f"/{n}", entry) for n, entry in enumerate(document))
    elif isinstance(document, dict):
        for path in (("tools",), ("result", "tools"), ("functions",)):
            inner: Json = document
            for step in path:
                inner = inner.get(step) if isinstance(inner, dict) else None
            if isinstance(inner, list):
                prefix = pointer_of(path)
                yield from ((f"{prefix}/{n}", entry) for n, entry in enumerate(inner))
                return
        if "name" in document or "function" in document:
            yield "", document


def read_tool(pointer: str, entry: Json) -> Tool:
    """Read one entry in whichever shape it has; raises ShapeError."""
    if not isinstance(entry, dict):
        raise ShapeError(pointer, f"a tool is an object, this is {a_kind(entry)}")
    if isinstance(entry.get("function"), dict):
        pointer, entry = f"{pointer}/function", entry["function"]
    elif "name" not in entry and isinstance(entry.get("type"), str):
        raise ShapeError(
            pointer, f"{entry['type']!r} is a hosted tool; only functions can be called"
        )
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise ShapeError(pointer, "the tool has no name")
    description = entry.get("description") or ""
    if not isinstance(description, str):
        raise ShapeError(f"{pointer}/description", f"must be a string, not {a_kind(description)}")
    key = next((key for key in _SCHEMA_KEYS if entry.get(key) is not None), None)
    parameters = _NO_PARAMETERS if key is None else entry[key]
    if not isinstance(parameters, dict):
        raise ShapeError(f"{pointer}/{key}", f"must be a JSON Schema, not {a_kind(parameters)}")
    return Tool(name, description, parameters, strict=entry.get("strict") is True)
