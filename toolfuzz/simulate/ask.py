"""What a request asks, whatever wire format it came in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from toolfuzz.core.case import JsonObject, Tool

__all__ = ["Api", "Ask", "BadRequestError", "Said", "read_ask"]

Api = Literal["openai-chat", "openai-responses", "anthropic-messages"]


class BadRequestError(ValueError):
    """The request is not one that the wire format allows."""


@dataclass(slots=True)
class Said:
    """One message of the history.

    ``calls`` are (id, name, arguments as sent) of an assistant; ``answers`` are (id, content as
    sent) of tool results.
    """

    role: str
    text: str = ""
    calls: list[tuple[Any, Any, Any]] = field(default_factory=list)
    answers: list[tuple[Any, Any]] = field(default_factory=list)
    metadata: bool = False


@dataclass(slots=True)
class Ask:
    """A request in one vocabulary.

    ``choice`` is ``auto``, ``none``, ``required`` or ``tool:NAME``. ``turn`` counts the assistant
    messages that call tools, plus one. ``size`` is the request's length in bytes.
    """

    api: Api
    stream: bool
    model: str
    tools: list[Tool]
    choice: str
    parallel: bool
    max_tokens: int | None
    history: list[Said]
    usage_chunk: bool
    size: int

    @property
    def prompt(self) -> str:
        """The last thing the user said."""
        return next((s.text for s in reversed(self.history) if s.role == "user" and s.text), "")

    @property
    def answered(self) -> bool:
        """Whether tool results are the last thing that was said.

        In Anthropic's format results and the next question stand in one user message.
        """
        last = self.history[-1] if self.history else Said("")
        return bool(last.answers) and not (last.role == "user" and last.text)

    @property
    def turn(self) -> int:
        """1 for the first question, 2 after the assistant has called once, and so on."""
        return 1 + sum(1 for s in self.history if s.role == "assistant" and s.calls)

    def tool(self, name: str) -> Tool | None:
        """Return the offered tool of that exact name."""
        return next((t for t in self.tools if t.name == name), None)


def read_ask(api: Api, body: Any, size: int) -> Ask:
    """Read a request body; raises BadRequestError that names the field which is wrong."""
    if not isinstance(body, dict):
        raise BadRequestError("the request body is not a JSON object")
    if not isinstance(body.get("model"), str):
        raise BadRequestError("model: a string is required")
    limit = body.get("max_tokens" if api != "openai-responses" else "max_output_tokens")
    if limit is None and api == "openai-chat":
        limit = body.get("max_completion_tokens")
    if limit is None and api == "anthropic-messages":
        raise BadRequestError("max_tokens: Field required")
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise BadRequestError("max_tokens: a positive integer is required")
    choice, parallel = _choice(api, body)
    options = body.get("stream_options")
    return Ask(
        api=api,
        stream=body.get("stream") is True,
        model=body["model"],
        tools=list(_tools(api, body)),
        choice=choice,
        parallel=parallel,
        max_tokens=limit,
        history=list(_HISTORY[api](body)),
        usage_chunk=isinstance(options, dict) and options.get("include_usage") is True,
        size=size,
    )


def _tools(api: Api, body: JsonObject) -> Iterator[Tool]:
    tools = body.get("tools") or []
    if not isinstance(tools, list):
        raise BadRequestError("tools: a list is required")
    for n, tool in enumerate(tools):
        spec = tool.get("function") if api == "openai-chat" and isinstance(tool, dict) else tool
        if not isinstance(spec, dict) or not isinstance(spec.get("name"), str):
            raise BadRequestError(f"tools[{n}]: not a function with a name")
        schema = spec.get("input_schema" if api == "anthropic-messages" else "parameters")
        if schema is None and api != "anthropic-messages":
            schema = {"type": "object", "properties": {}}
        if not isinstance(schema, dict):
            raise BadRequestError(f"tools[{n}]: its schema is not an object")
        description = spec.get("description")
        yield Tool(
            name=spec["name"],
            description=description if isinstance(description, str) else "",
            parameters=schema,
            strict=spec.get("strict") is True,
        )


def _choice(api: Api, body: JsonObject) -> tuple[str, bool]:
    choice = body.get("tool_choice")
    parallel = body.get("parallel_tool_calls") is not False
    if not isinstance(choice, dict):
        return (choice if isinstance(choice, str) else "auto"), parallel
    parallel = parallel and choice.get("disable_parallel_tool_use") is not True
    match choice.get("type"):
        case "any":
            return "required", parallel
        case "auto" | "none" as word:
            return word, parallel
        case _:
            spec = choice.get("function")
            name = (spec if isinstance(spec, dict) else choice).get("name")
            if not isinstance(name, str):
                raise BadRequestError("tool_choice: names no tool")
            return f"tool:{name}", parallel


def _text(content: Any) -> str:
    """Text of a content that is a string or a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (p.get("text") for p in content if isinstance(p, dict))
    return "".join(p for p in parts if isinstance(p, str))


def _items(body: JsonObject, key: str) -> list[JsonObject]:
    items = body.get(key)
    if isinstance(items, str) and key == "input":
        return [{"role": "user", "content": items}]
    if not isinstance(items, list) or not all(isinstance(m, dict) for m in items):
        raise BadRequestError(f"{key}: a list of objects is required")
    return items


def _chat_history(body: JsonObject) -> Iterator[Said]:
    for message in _items(body, "messages"):
        said = Said(str(message.get("role")), _text(message.get("content")))
        for call in message.get("tool_calls") or []:
            spec = call.get("function") or {}
            said.calls.append((call.get("id"), spec.get("name"), spec.get("arguments")))
            said.metadata = said.metadata or "extra_content" in call
        if said.role == "tool":
            said.answers.append((message.get("tool_call_id"), message.get("content")))
        yield said


def _responses_history(body: JsonObject) -> Iterator[Said]:
    if isinstance(body.get("instructions"), str):
        yield Said("system", body["instructions"])
    calling: Said | None = None
    for item in _items(body, "input"):
        match item.get("type", "message"):
            case "function_call":
                call = (item.get("call_id"), item.get("name"), item.get("arguments"))
                if calling is None:
                    calling = Said("assistant")
                    yield calling
                calling.calls.append(call)
                continue
            case "function_call_output":
                said = Said("tool", answers=[(item.get("call_id"), item.get("output"))])
            case "message":
                said = Said(str(item.get("role")), _text(item.get("content")))
            case _:
                continue
        calling = None
        yield said


def _messages_history(body: JsonObject) -> Iterator[Said]:
    if body.get("system"):
        yield Said("system", _text(body["system"]))
    for message in _items(body, "messages"):
        content = message.get("content")
        said = Said(str(message.get("role")), _text(content))
        for block in content if isinstance(content, list) else []:
            if block.get("type") == "tool_use":
                said.calls.append((block.get("id"), block.get("name"), block.get("input")))
            elif block.get("type") == "tool_result":
                said.answers.append((block.get("tool_use_id"), block.get("content")))
        yield said


_HISTORY = {
    "openai-chat": _chat_history,
    "openai-responses": _responses_history,
    "anthropic-messages": _messages_history,
}
