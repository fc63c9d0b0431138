"""Tools as function declarations, and back.

``parametersJsonSchema`` takes any JSON Schema; ``parameters`` is a subset of OpenAPI 3.0 with type
names in capitals, which the official SDK makes from Python functions and which is read here too.
Google's servers take both spellings of a field, ``camelCase`` and ``snake_case``, and its SDK sends
what a dict holds: https://ai.google.dev/api/caching#FunctionDeclaration
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from toolfuzz.core.case import Json, JsonObject, Tool
from toolfuzz.formats.reading import objects, tool_of
from toolfuzz.formats.writing import introduced

__all__ = ["declared", "get", "refused_word", "tools_of", "words_of"]

# What Gemini 2.5 calls when it is given a computer (github.com/google-gemini/computer-use-preview).
_COMPUTER = """
click_at drag_and_drop go_back go_forward hover_at key_combination navigate open_web_browser
scroll_at scroll_document search type_text_at wait_5_seconds
"""
# https://ai.google.dev/api/caching#Schema
_WORDS = """
type title description nullable enum maxItems minItems properties required minProperties
maxProperties minLength maxLength pattern example anyOf propertyOrdering default items minimum
maximum
"""
_ALMOST = {"oneOf"}
"""What ``anyOf`` says as well: where Google takes JSON Schema, it reads the one as the other."""
_TAKEN = frozenset(f"{_WORDS} format additionalProperties defs $defs ref $ref".split())
"""What is at least not refused: Google's SDK has fields for them."""
_COUNTS = ("minItems", "maxItems", "minProperties", "maxProperties", "minLength", "maxLength")


def declared(tool: Tool) -> JsonObject:
    """Return the declaration of a tool. The format has no ``strict``."""
    if not tool.declared:
        return introduced(tool)
    return {**introduced(tool), "parametersJsonSchema": tool.parameters}


def tools_of(body: JsonObject) -> Iterator[Tool]:
    """Yield the functions that a request declares, and those that come with a computer.

    What Google's servers run themselves has no name here.
    """
    for group in objects(body.get("tools")):
        for function in objects(get(group, "functionDeclarations")):
            schema = get(function, "parametersJsonSchema")
            if not isinstance(schema, dict):
                schema = _json_schema(function.get("parameters"))
            yield replace(tool_of(function, schema), strict=False)
        computer = get(group, "computerUse")
        if isinstance(computer, dict):
            excluded = get(computer, "excludedPredefinedFunctions") or ()
            yield from (
                Tool(name, None, {}, declared=False)
                for name in _COMPUTER.split()
                if name not in excluded
            )


def words_of(body: JsonObject) -> Callable[[str, Json], bool] | None:
    """Return which keywords ``parameters`` can hold, where a body declares its functions by it.

    Of values only texts can be listed; few formats of texts are taken (``date-time``).
    """
    functions = [
        function
        for group in objects(body.get("tools"))
        for function in objects(get(group, "functionDeclarations"))
    ]
    return _has_word if any("parameters" in function for function in functions) else None


def _has_word(key: str, value: Json) -> bool:
    if key == "enum" and isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return key in _ALMOST or key in _WORDS.split() or (key == "format" and value == "date-time")


def refused_word(body: JsonObject) -> str | None:
    """Return what Google says to a keyword that ``parameters`` hasn't; None without one."""
    for n, group in enumerate(objects(body.get("tools"))):
        for m, function in enumerate(objects(get(group, "functionDeclarations"))):
            where = f"tools[{n}].function_declarations[{m}].parameters"
            for told in _refused(function.get("parameters"), where):
                return f"Invalid JSON payload received. {told}"
    return None


def _refused(schema: Json, where: str) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("type"), list):
        yield f"Unknown name \"type\" at '{where}': Proto field is not repeating"
    for key, value in schema.items():
        if _camel(key) not in _TAKEN:
            yield f"Unknown name \"{key}\" at '{where}': Cannot find field."
        match _camel(key):
            case "properties" if isinstance(value, dict):
                for n, item in enumerate(value.values()):
                    yield from _refused(item, f"{where}.properties[{n}].value")
            case "anyOf":
                for n, item in enumerate(objects(value)):
                    yield from _refused(item, f"{where}.any_of[{n}]")
            case "items":
                yield from _refused(value, f"{where}.items")


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def get(holder: JsonObject, key: str) -> Json:
    """Return a field in either spelling: ``maxOutputTokens`` or ``max_output_tokens``."""
    if key in holder:
        return holder[key]
    return holder.get("".join(f"_{c.lower()}" if c.isupper() else c for c in key))


def _json_schema(schema: Any) -> Any:
    """Return an OpenAPI schema as JSON Schema: small type names, null as a type, whole numbers."""
    if isinstance(schema, list):
        return [_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _keyword(key, value) for key, value in schema.items() if key != "nullable"}
    if schema.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
        if isinstance(found.get("enum"), list):
            found["enum"] = [*found["enum"], None]
    return found


def _keyword(key: str, value: Any) -> Any:
    if key == "type" and isinstance(value, str):
        return value.lower()
    if key == "properties" and isinstance(value, dict):
        return {name: _json_schema(schema) for name, schema in value.items()}
    if key in _COUNTS and isinstance(value, str) and value.isdecimal():
        return int(value)  # 64-bit numbers are strings in protobuf's JSON
    return _json_schema(value) if key in ("items", "anyOf", "any_of", "allOf", "oneOf") else value
