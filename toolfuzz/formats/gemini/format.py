"""Gemini ``generateContent``: the model stands in the URL, arguments are objects, calls need no id.

https://ai.google.dev/api/generate-content
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict
from urllib.parse import quote, unquote

from toolfuzz.core.ask import Answered, Ask, Called, Said, ToolResult
from toolfuzz.core.case import Json, JsonObject, Message
from toolfuzz.core.json import dumps
from toolfuzz.formats.history import conversation, replied
from toolfuzz.formats.laws import laws_beside
from toolfuzz.formats.protocol import CannotAskError, Traits, WireFormat
from toolfuzz.formats.reading import Notes, content_text, count, objects, string

from .clients import READERS
from .declarations import declared, get, tools_of, words_of
from .framing import FRAMING
from .parts import Heard, hear, said_again, turns
from .read import plain, stream
from .serve import SERVING
from .snippet import python

__all__ = ["FORMAT"]

_METHOD = re.compile(r"models/(?P<model>[^?]*):(?P<method>\w+)(\?|$)")


def _path(model: str, stream: bool) -> str:
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return f"/models/{quote(model.removeprefix('models/'), safe='/:@{}')}:{method}"


def _headers(key: str | None) -> dict[str, str]:
    return {"x-goog-api-key": key} if key else {}


# --- from a question to a body


def _write(ask: Ask) -> JsonObject:
    """``AUTO`` is the default mode and is not sent; parallel calls can't be switched off."""
    body: JsonObject = {"contents": [content for said in ask.said for content in _contents(said)]}
    system = [m.content for m in ask.messages if m.role == "system"]
    if system:
        body["systemInstruction"] = {"parts": [{"text": text} for text in system]}
    if ask.tools:
        body["tools"] = [{"functionDeclarations": [declared(tool) for tool in ask.tools]}]
        if ask.tool_choice != "auto" or ask.allowed:
            body["toolConfig"] = {"functionCallingConfig": _mode(ask)}
    if ask.max_tokens is not None:
        body["generationConfig"] = {"maxOutputTokens": ask.max_tokens}
    return body


def _mode(ask: Ask) -> JsonObject:
    """Names may only stand where a call is demanded."""
    if ask.tool_choice == "none":
        return {"mode": "NONE"}
    if ask.tool_choice == "auto":
        raise CannotAskError("a choice among some of the tools on offer, but no demand to call")
    return {"mode": "ANY", **({"allowedFunctionNames": [*ask.may_call]} if ask.may_call else {})}


def _contents(said: Said) -> Iterator[JsonObject]:
    match said:
        case Message("user", text):
            yield {"role": "user", "parts": [{"text": text}]}
        case Called(reply):
            yield {"role": "model", "parts": said_again(reply)}
        case Answered(results):
            yield {"role": "user", "parts": [_result(result) for result in results]}


def _result(result: ToolResult) -> JsonObject:
    """``output`` and ``error`` are the keys under which a result that is no object stands."""
    key = "error" if result.kind == "error" else "output"
    answer: JsonObject = {"name": result.tool or "", "response": {key: result.content}}
    if result.call_id is not None:
        answer = {"id": result.call_id, **answer}
    return {"functionResponse": answer}


def _merge(body: JsonObject, params: JsonObject) -> JsonObject:
    """Add fields; those of an object that is there already (``generationConfig``) join it."""
    both = {k: {**body[k], **v} for k, v in params.items() if _object(v) and _object(body.get(k))}
    return {**body, **params, **both}


def _object(value: Json) -> bool:
    return isinstance(value, dict)


# --- and back


def _cap(body: Mapping[str, Any]) -> int | None:
    config = get(dict(body), "generationConfig")
    return count(get(config, "maxOutputTokens")) if isinstance(config, dict) else None


def _temperature(body: Mapping[str, Any]) -> Any:
    config = get(dict(body), "generationConfig")
    return get(config, "temperature") if isinstance(config, dict) else None


def _read_body(body: JsonObject, path: str) -> Ask:
    model, method = _url(path)
    return Ask(
        model=model,
        tools=tuple(tools_of(body)),
        said=conversation(_read_contents(body)),
        **_read_mode(body),
        max_tokens=_cap(body),
        stream=method.startswith("stream"),
    )


def _url(path: str) -> tuple[str, str]:
    """Return model and method of a path; both are "" where it names none."""
    found = _METHOD.search(path)
    return (unquote(found["model"]), found["method"]) if found else ("", "")


class _Mode(TypedDict, total=False):
    tool_choice: str
    allowed: tuple[str, ...]


def _read_mode(body: JsonObject) -> _Mode:
    config = get(body, "toolConfig")
    config = get(config, "functionCallingConfig") if isinstance(config, dict) else None
    if not isinstance(config, dict):
        return {}
    names = get(config, "allowedFunctionNames")
    allowed = tuple(map(str, names)) if isinstance(names, list) else ()
    match str(config.get("mode", "AUTO")).upper():
        case "ANY" if len(allowed) == 1:
            return {"tool_choice": f"tool:{allowed[0]}"}
        case "ANY":
            return {"tool_choice": "required", "allowed": allowed}
        case "NONE":
            return {"tool_choice": "none"}
        case _:
            return {"allowed": allowed}


def _read_contents(body: JsonObject) -> Iterator[Message | Called | ToolResult]:
    system = get(body, "systemInstruction")
    for text in _texts(system.get("parts") if isinstance(system, dict) else None):
        yield Message("system", text)
    for by_model, parts in turns(body.get("contents")):
        if by_model:
            heard = Heard()
            hear(heard, parts, "", Notes())
            text, reasoning = "".join(heard.text), "".join(heard.reasoning)
            yield replied(
                text,
                heard.calls,
                reasoning=reasoning,
                extra=heard.beside.extra,
                places=heard.beside.places,
            )
            continue
        yield from _read_results(parts)
        if texts := list(_texts(parts)):
            yield Message("user", "".join(texts))


def _read_results(parts: list[JsonObject]) -> Iterator[ToolResult]:
    for part in parts:
        found = get(part, "functionResponse")
        if isinstance(found, dict):
            answer = found.get("response")
            output = answer
            if isinstance(answer, dict):
                output = answer.get("output", answer.get("error", answer))
            content = output if isinstance(output, str) else dumps(output)
            yield ToolResult(string(found, "id"), string(found, "name"), content)


def _texts(parts: Json) -> Iterator[str]:
    return (text for part in objects(parts) if (text := content_text([part])))


def _looks_like(body: Mapping[str, Any], path: str) -> bool:
    return "enerateContent" in path or "contents" in body


FORMAT = WireFormat(
    title="Gemini generateContent",
    docs="https://ai.google.dev/api/generate-content",
    key_env="GEMINI_API_KEY",
    traits=Traits(
        arguments="object",
        pieces=False,
        ids=False,
        finish_word=False,
        serial=False,
        strict=False,
        omits=True,
    ),
    framing=FRAMING,
    path=_path,
    headers=_headers,
    write=_write,
    cap=_cap,
    temperature=_temperature,
    read_body=_read_body,
    looks_like=_looks_like,
    roots=("candidates", "promptFeedback"),
    plain=plain,
    stream=stream,
    laws=laws_beside(__file__),
    serving=SERVING,
    readers=READERS,
    python=python,
    merge=_merge,
    words=words_of,
)
