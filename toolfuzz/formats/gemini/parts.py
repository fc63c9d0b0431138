"""The parts of what a model says: they come in a reply and go back in the next request.

https://ai.google.dev/api/caching#Part
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats.history import Beside, argument_object, in_order
from toolfuzz.formats.reading import Notes, checked_string, objects, text_of

__all__ = ["Heard", "hear", "said_again", "turns"]


@dataclass(slots=True)
class Heard:
    """What the parts say."""

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    beside: Beside = field(default_factory=lambda: Beside(_is_signed))


def _is_signed(part: JsonObject) -> bool:
    """Whether it must go back as it came: https://ai.google.dev/gemini-api/docs/thought-signatures."""
    return isinstance(part.get("thoughtSignature"), str)


def hear(heard: Heard, parts: Json, where: str, notes: Notes) -> None:
    """Add the parts of a content; absent and null are no parts, other types are noted."""
    if not isinstance(parts, list):
        if parts is not None:
            notes.add("bad-field", where, f"parts is {a_kind(parts)}")
        return
    for n, part in enumerate(parts):
        place = f"{where}[{n}]"
        if not isinstance(part, dict):
            notes.add("bad-field", place, f"a part is {a_kind(part)}")
            continue
        _check_signature(part, place, notes)
        call = _function_call(part, place, notes)
        if call is not None:
            heard.calls.append(_call(part, call, place, notes))
            continue
        heard.beside.add(part, len(heard.calls))
        spoken = heard.reasoning if part.get("thought") is True else heard.text
        spoken.append(text_of(part, "text", place, notes))


def turns(contents: Json) -> Iterator[tuple[bool, list[JsonObject]]]:
    """Yield the contents of a request: whether the model said it, and the parts.

    What the model said in a row is one: the official SDK keeps every event of a stream apart.
    """
    listed = [contents] if isinstance(contents, dict) else objects(contents)
    for by_model, group in groupby(listed, lambda content: content.get("role") == "model"):
        found = [content.get("parts") for content in group]
        parts = [[part] if isinstance(part, dict) else objects(part) for part in found]
        if by_model:
            yield True, [part for some in parts for part in some]
        else:
            yield from ((False, some) for some in parts)


def said_again(reply: Reply) -> list[JsonObject]:
    """Return the parts with which a reply goes back: signed ones exactly as they came."""
    calls = map(_part, reply.calls)
    if reply.extra:
        return list(in_order(reply, calls))
    said = [{"text": reply.text}] if reply.text or not reply.calls else []
    return [*said, *calls]


def _check_signature(part: JsonObject, where: str, notes: Notes) -> None:
    """A signature is bytes in base64, in either alphabet, with its padding or without."""
    signature = part.get("thoughtSignature")
    if signature is None:
        return
    if not isinstance(signature, str):
        notes.add("bad-field", where, f"thoughtSignature is {a_kind(signature)}")
        return
    sent = signature.replace("-", "+").replace("_", "/")
    try:
        right = b64encode(b64decode(sent + "=" * (-len(sent) % 4), validate=True)).decode()
    except ValueError:
        right = None
    if right is None or sent not in (right, right.rstrip("=")):
        notes.add("bad-field", where, "thoughtSignature is not base64")


def _function_call(part: JsonObject, where: str, notes: Notes) -> JsonObject | None:
    """Return what stands under functionCall, also in the spelling that only some clients take."""
    call = part.get("functionCall")
    if call is None and isinstance(call := part.get("function_call"), dict):
        notes.add("call-type", where, "function_call stands where functionCall belongs")
    if call is not None and not isinstance(call, dict):
        notes.add("bad-field", where, f"functionCall is {a_kind(call)}")
        return None
    return call


def _call(part: JsonObject, call: JsonObject, where: str, notes: Notes) -> ToolCall:
    """Read a call. ``args`` may be left out, which is how this format says ``{}``."""
    arguments = call.get("args")
    raw = strictjson.dumps({} if arguments is None else arguments)
    whole = arguments is None or isinstance(arguments, dict)
    return ToolCall(
        checked_string(call, "id", f"{where}.functionCall", notes),
        checked_string(call, "name", f"{where}.functionCall", notes),
        raw if whole else None,
        None if whole else arguments,
        True,
        f"{where}.functionCall",
        part.get("thoughtSignature"),
    )


def _part(call: ToolCall) -> JsonObject:
    sent: JsonObject = {"name": call.name or "", "args": argument_object(call)}
    if call.id is not None:
        sent = {"id": call.id, **sent}
    signature = {} if call.extra is None else {"thoughtSignature": call.extra}
    return {"functionCall": sent, **signature}
