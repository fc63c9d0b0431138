"""Requests that between them give every simulated fault something to work on."""

import json
from typing import Any

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.generate import prompts

APIS = ("openai-chat", "openai-responses", "anthropic-messages")

NODE = {
    "type": "object",
    "properties": {
        "label": {"type": "string"},
        "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
    },
    "required": ["label"],
}
RICH = Tool(
    "update_records",
    "Updates records.",
    {
        "type": "object",
        "$defs": {
            "env": {
                "type": "object",
                "properties": {"region": {"type": "string"}, "replicas": {"type": "integer"}},
                "required": ["region"],
            },
            "node": NODE,
        },
        "properties": {
            "environment": {"$ref": "#/$defs/env"},
            "tree": {"$ref": "#/$defs/node"},
            "filters": {"type": "object", "additionalProperties": {"type": "string"}},
            "batches": {"type": "array", "items": {"type": "object"}},
            "tags": {"type": "array", "items": {"type": "string"}},
            "one": {"type": "array", "items": {"type": "string"}},
            "pair": {
                "type": "array",
                "prefixItems": [{"type": "integer"}, {"type": "string"}],
            },
            "count": {"type": "integer", "minimum": 1, "maximum": 9},
            "ratio": {"type": "number"},
            "level": {"type": "integer", "enum": [1, 2, 3]},
            "big": {"type": "integer"},
            "dry_run": {"type": "boolean"},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "nothing": {"type": ["string", "null"]},
            "owner": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "source": {"anyOf": [{"type": "string"}, {"type": "object"}]},
            "mode": {"type": "string", "enum": ["fast", "slow"]},
            "version": {"const": "v1"},
            "title": {"type": "string"},
            "zip": {"type": "string"},
            "serial": {"type": "string"},
            "flag": {"type": "string"},
            "payload": {"type": "string"},
            "code": {"type": "string"},
            "html": {"type": "string"},
            "limit": {"type": "integer"},
            "shape": {
                "oneOf": [
                    {
                        "type": "object",
                        "properties": {"kind": {"const": "circle"}, "r": {"type": "number"}},
                        "required": ["kind", "r"],
                    },
                    {
                        "type": "object",
                        "properties": {"kind": {"const": "square"}, "a": {"type": "number"}},
                        "required": ["kind", "a"],
                    },
                ]
            },
        },
        "required": ["environment", "count", "title", "dry_run", "tags"],
        "additionalProperties": False,
    },
    strict=True,
)
ARGUMENTS: dict[str, Any] = {
    "environment": {"region": "eu-west-1", "replicas": 3},
    "tree": {"label": "a", "children": [{"label": "b", "children": [{"label": "c"}]}]},
    "filters": {"team": "data", "state": "open"},
    "batches": [{"ok": True, "rows": [1, 2]}],
    "tags": ["alpha", "beta"],
    "one": ["single"],
    "pair": [7, "seven"],
    "count": 5,
    "ratio": 0.25,
    "level": 2,
    "big": 9007199254740993,
    "dry_run": False,
    "note": "a real value",
    "nothing": None,
    "owner": "ada",
    "source": {"path": "x"},
    "mode": "fast",
    "version": "v1",
    "title": "Wörter &amp; 表",
    "zip": "02134",
    "serial": "123_456",
    "flag": "true",
    "payload": '{"a": [1, 2]}',
    "code": "    if x:\n\treturn 'C:\\bin\\d+'\n",
    "html": "a < b && c </parameter> d </arg_value> e </｜DSML｜parameter> f",
    "shape": {"kind": "circle", "r": 2.0},
}
PLAIN = Tool(
    "send_note",
    "Sends a note.",
    {
        "type": "object",
        "properties": {"to": {"type": "string"}, "text": {"type": "string"}},
        "required": ["to", "text"],
    },
)
EMPTY = Tool("ping_server", "Pings.", {"type": "object", "properties": {}})
ODD = Tool(
    "files.read",
    "Reads.",
    {"type": "object", "properties": {"$top": {"type": "integer"}}, "required": []},
)
TOOLS = (RICH, PLAIN, EMPTY)


def echo(tool: Tool, arguments: dict[str, Any]) -> str:
    """The prompt of the echo probe."""
    return prompts.render("echo", TOOLS, [ExpectedCall(tool.name, arguments)])[0].content


def batch(*calls: tuple[Tool, dict[str, Any]]) -> str:
    """The prompt of the batch probe."""
    expected = [ExpectedCall(tool.name, arguments) for tool, arguments in calls]
    return prompts.render("batch", TOOLS, expected)[0].content


def body(
    api: str,
    prompt: str,
    *,
    tools: tuple[Tool, ...] = TOOLS,
    model: str = "clean",
    stream: bool = False,
    choice: str = "auto",
    parallel: bool | None = None,
    max_tokens: int | None = None,
) -> dict[str, Any]:
    """A request body in that wire format."""
    request: dict[str, Any] = {"model": model, "stream": stream}
    message = {"role": "user", "content": prompt}
    named = choice.removeprefix("tool:") if choice.startswith("tool:") else None
    if api == "anthropic-messages":
        request["max_tokens"] = max_tokens or 100_000
        request["messages"] = [message]
        request["tools"] = [
            {
                "name": t.name,
                "description": t.description,
                "input_schema": t.parameters,
                "strict": t.strict,
            }
            for t in tools
        ]
        word = {"type": {"required": "any"}.get(choice, choice)}
        request["tool_choice"] = {"type": "tool", "name": named} if named else word
        if parallel is False:
            request["tool_choice"]["disable_parallel_tool_use"] = True
        return request
    if parallel is not None:
        request["parallel_tool_calls"] = parallel
    specs = [
        {
            "name": t.name,
            "description": t.description,
            "parameters": t.parameters,
            "strict": t.strict,
        }
        for t in tools
    ]
    if api == "openai-chat":
        request["messages"] = [message]
        request["tools"] = [{"type": "function", "function": spec} for spec in specs]
        request["tool_choice"] = (
            {"type": "function", "function": {"name": named}} if named else choice
        )
        if max_tokens:
            request["max_tokens"] = max_tokens
        return request
    request["input"] = [message]
    request["tools"] = [{"type": "function", **spec} for spec in specs]
    request["tool_choice"] = {"type": "function", "name": named} if named else choice
    if max_tokens:
        request["max_output_tokens"] = max_tokens
    return request


NOTE = {"to": "ada", "text": "hello there"}
NOTE_2 = {"to": "bob", "text": "good night"}


def requests(api: str, stream: bool) -> list[dict[str, Any]]:
    """One request for every kind of situation."""
    rich = echo(RICH, ARGUMENTS)
    note = echo(PLAIN, NOTE)
    two = batch((PLAIN, NOTE), (PLAIN, NOTE_2))
    odd = (ODD, PLAIN)
    return [
        body(api, rich, stream=stream),
        body(api, two, stream=stream),
        body(api, two, stream=stream, parallel=False),
        body(api, batch((PLAIN, NOTE), (EMPTY, {})), stream=stream),
        body(api, echo(EMPTY, {}), stream=stream),
        body(api, prompts.ABSTAIN_TEXTS[0], stream=stream),
        body(api, note, stream=stream, choice="none"),
        body(api, note, stream=stream, choice="tool:send_note"),
        body(api, note, stream=stream, max_tokens=4000),
        body(api, note, stream=stream, tools=odd),
    ]


def size(request: dict[str, Any]) -> int:
    """Bytes of the request."""
    return len(json.dumps(request))
