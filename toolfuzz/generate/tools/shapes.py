"""The shapes in which tools are written down, told apart by their keys.

OpenAI chat (https://platform.openai.com/docs/api-reference/chat/create), OpenAI Responses,
Anthropic (https://docs.anthropic.com/en/api/messages), Gemini's ``functionDeclarations``
(https://ai.google.dev/api/caching#FunctionDeclaration), Converse's ``toolSpec``
(https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html), MCP
``tools/list`` (https://modelcontextprotocol.io/specification), and bare
``{name, description, parameters}``. What is no function is refused with its reason.
"""

from collections.abc import Iterator

from toolfuzz.core.case import Json, JsonObject, Tool
from toolfuzz.core.jsonvalue import a_kind, pointer_of

__all__ = ["ShapeError", "find_tools", "read_tool"]

_NO_PARAMETERS: JsonObject = {"type": "object", "properties": {}}
_SCHEMA_KEYS = (
    "parametersJsonSchema",
    "parameters_json_schema",
    "parameters",
    "input_schema",
    "inputSchema",
)
_GROUPS = ("functionDeclarations", "function_declarations")
_GOOGLES = ("OBJECT", "ARRAY", "STRING", "INTEGER", "NUMBER", "BOOLEAN", "NULL")


class ShapeError(ValueError):
    """An entry that is not a tool: its JSON ``pointer`` in the file and the ``reason``."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer
        self.reason = reason


def find_tools(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield each entry of the list of tools with its JSON pointer in the document.

    The list is the document itself, or stands under ``tools`` (a request body, a ``tools/list``
    result), ``toolConfig.tools`` or ``result.tools`` (the JSON-RPC reply around it); one tool alone
    will do too. What stands in a namespace or a group of declarations is listed one by one.
    """
    if isinstance(document, list):
        yield from _listed(document, "")
    elif isinstance(document, dict):
        for path in (("tools",), ("toolConfig", "tools"), ("result", "tools"), ("functions",)):
            inner: Json = document
            for step in path:
                inner = inner.get(step) if isinstance(inner, dict) else None
            if isinstance(inner, list):
                yield from _listed(inner, pointer_of(path))
                return
        if document.keys() & {"name", "function", "custom", "toolSpec", *_GROUPS}:
            yield from _grouped(document, "")


def _listed(entries: list[Json], prefix: str) -> Iterator[tuple[str, Json]]:
    for n, entry in enumerate(entries):
        yield from _grouped(entry, f"{prefix}/{n}")


def _grouped(entry: Json, pointer: str) -> Iterator[tuple[str, Json]]:
    groups = ("tools",) if _kind(entry) == "namespace" else _GROUPS
    found = [key for key in groups if isinstance(entry, dict) and isinstance(entry.get(key), list)]
    if not found:
        yield pointer, entry
    for key in found:
        yield from ((f"{pointer}/{key}/{n}", inner) for n, inner in enumerate(entry[key]))
    if found and groups is _GROUPS:
        yield from ((f"{pointer}/{key}", {key: entry[key]}) for key in entry if key not in groups)


def read_tool(pointer: str, entry: Json) -> Tool:
    """Read one entry in whichever shape it has; raises ShapeError."""
    if not isinstance(entry, dict):
        raise ShapeError(pointer, f"a tool is an object, this is {a_kind(entry)}")
    for key in ("function", "toolSpec"):
        if isinstance(entry.get(key), dict):
            pointer, entry = f"{pointer}/{key}", entry[key]
            break
    else:
        _check_kind(pointer, entry)
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise ShapeError(pointer, "the tool has no name")
    description = entry.get("description")
    if not isinstance(description, str | None):
        raise ShapeError(f"{pointer}/description", f"must be a string, not {a_kind(description)}")
    key = next((key for key in _SCHEMA_KEYS if entry.get(key) is not None), "")
    parameters = entry[key] if key else _NO_PARAMETERS
    if key == "inputSchema" and isinstance(parameters, dict) and set(parameters) == {"json"}:
        parameters = parameters["json"]
    if not isinstance(parameters, dict):
        raise ShapeError(f"{pointer}/{key}", f"must be a JSON Schema, not {a_kind(parameters)}")
    if key == "parameters" and parameters.get("type") in _GOOGLES:
        try:
            parameters = _small_types(parameters)
        except RecursionError:
            raise ShapeError(f"{pointer}/{key}", "nested too deeply to be read") from None
    return Tool(name, description, parameters, strict=entry.get("strict") is True)


def _kind(entry: Json) -> str:
    kind = entry.get("type") if isinstance(entry, dict) else None
    return kind if isinstance(kind, str) else ""


def _check_kind(pointer: str, entry: JsonObject) -> None:
    """Raise ShapeError for what is no function, and so has no arguments that could be asked for."""
    kind = _kind(entry)
    if any(entry.get(key) is not None for key in _SCHEMA_KEYS):
        return
    if kind == "custom":
        reason = "a 'custom' tool is called with free text; only functions can be asked for"
    elif kind and kind != "function":
        reason = f"{kind!r} is defined by its provider, its schema is not in the file"
    elif "name" not in entry and [type(value) for value in entry.values()] == [dict]:
        reason = f"{next(iter(entry))!r} is its provider's own tool and no function"
    else:
        return
    raise ShapeError(pointer, reason)


def _small_types(schema: Json) -> Json:
    """Write the types of Google's OpenAPI subset (``STRING``) as JSON Schema has them."""
    if isinstance(schema, list):
        return [_small_types(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _small_types(value) for key, value in schema.items()}
    if schema.get("type") in _GOOGLES:
        found["type"] = schema["type"].lower()
        if found.pop("nullable", None) is True:
            found["type"] = [found["type"], "null"]
    return found
