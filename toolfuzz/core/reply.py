"""What the bytes of an answer say, in one vocabulary for all wire formats.

Structs, not dataclasses: each reply makes several, and C makes them ten times as fast. What is to
differ in one is told to ``msgspec.structs.replace``.
"""

from typing import Any, Literal, NamedTuple

from msgspec import Struct

from toolfuzz.core.json import JsonError, parse

__all__ = ["Finish", "Fragment", "Reply", "ToolCall", "Usage", "WireProblem", "arguments_of"]

Finish = Literal["stop", "length", "tool_calls", "refusal", "other"]


class Usage(Struct, frozen=True):
    """Token counts as the server reports them."""

    input_tokens: int | None = None
    output_tokens: int | None = None

    @property
    def tokens(self) -> int | None:
        """Those in and out together; None where neither is reported."""
        if self.input_tokens is None and self.output_tokens is None:
            return None
        return (self.input_tokens or 0) + (self.output_tokens or 0)


class ToolCall(Struct, frozen=True):
    """One call of a reply, unrepaired.

    ``arguments_raw`` is the argument string exactly as sent (for Anthropic's ``input`` object: its
    JSON text, with number tokens and duplicate keys kept). When the wire put something else where
    a string belongs, ``arguments_raw`` is None and ``arguments`` holds that value; both None with
    ``has_arguments`` False means that the key was absent.
    ``where`` is the JSON path of the call in the body, or ``stream``. ``extra`` is what the service
    wants back with the call, exactly as it came (Gemini's thought signature). ``free``: it was sent
    as the call of a tool that takes text, so ``arguments_raw`` is that text and no JSON.
    """

    id: str | None
    name: str | None
    arguments_raw: str | None
    arguments: Any = None
    has_arguments: bool = True
    where: str = ""
    extra: Any = None
    free: bool = False


class Fragment(NamedTuple):
    """One tool-call event of a stream as it stood on the wire, before any assembly.

    kind: ``delta`` (chat chunk; Responses function_call_arguments.delta; Anthropic
    input_json_delta) · ``open`` (Responses output_item.added; Anthropic content_block_start) ·
    ``done`` (Responses function_call_arguments.done, with the full arguments) · ``close``
    (Responses output_item.done, with the full call; Anthropic content_block_stop) · ``final``
    (a call in the output of Responses response.completed).

    ``slot`` is the index as sent (tool_calls[].index, output_index, content block index), None
    when absent or null. ``keys`` names the fields that were present among index, id, type, name,
    arguments, so that absent, null and "" stay apart. ``event`` is the ordinal of the event in the
    stream, ``extra`` and ``free`` are what they are in a ToolCall.
    """

    event: int
    kind: Literal["delta", "open", "done", "close", "final"]
    slot: int | None
    id: str | None = None
    name: str | None = None
    arguments: Any = None
    keys: tuple[str, ...] = ()
    item_id: str | None = None
    type: str | None = None
    extra: Any = None
    free: bool = False


def arguments_of(call: ToolCall, *, broken: Any = None) -> Any:
    """Return a call's arguments, loaded; ``broken`` in the place of a text that can't be."""
    if call.arguments_raw is None:
        return call.arguments
    try:
        return parse(call.arguments_raw).value
    except JsonError:
        return broken


class WireProblem(Struct, frozen=True):
    """Something in the bytes that the wire format does not allow.

    kind: ``not-utf8`` · ``not-json`` (body, or data of an event) · ``not-sse`` (a stream was
    asked for, something else came) · ``envelope`` (the expected top-level shape stands elsewhere
    or is missing) · ``call-type`` (a tool call's type is not ``function``) · ``bad-field`` (a
    field has the wrong JSON type) · ``choice-index`` (choices other than 0 although n = 1) ·
    ``event-order`` (events in an order that the format forbids) · ``law`` (a law of the format's
    ``laws.toml`` is broken; ``law`` is its name).

    ``severity`` is ``error`` where an official SDK raises or gives other calls, else ``warn``;
    ``defect`` the defect that a broken law shows, where one says it: a slug, or a kind of problem.
    """

    kind: str
    where: str
    detail: str
    law: str = ""
    severity: Literal["error", "warn"] = "error"
    defect: str = ""


class Reply(Struct, frozen=True):
    """What the bytes say, in one vocabulary for all wire formats, unrepaired.

    Plain replies carry ``calls``. Streams carry ``fragments``; the judge assembles the calls.
    ``finish_reason`` is the raw word, ``finish`` its meaning in the chat vocabulary (None when
    the reply names none). ``error`` is the error object of an HTTP error body or of an error
    event. ``ended`` says that the stream's own end marker came ([DONE], message_stop,
    response.completed); always True for plain replies. ``chunk_ids`` are the distinct completion
    ids seen, in order. A legacy ``function_call`` is a ToolCall whose ``where`` ends in
    ``function_call`` (in a stream: ``legacy`` holds it). ``extra`` are the parts that the service
    wants back beside the calls, exactly as they came (signed thinking, encrypted reasoning, and the
    text among them), ``places`` how many calls stood before each; without them all go before.
    """

    api: str
    stream: bool
    status: int | None
    text: str = ""
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    finish_reason: str | None = None
    finish: Finish | None = None
    usage: Usage | None = None
    model: str | None = None
    error: Any = None
    problems: tuple[WireProblem, ...] = ()
    ended: bool = True
    chunk_ids: tuple[str, ...] = ()
    legacy: ToolCall | None = None
    transport_error: str | None = None
    extra: tuple[Any, ...] = ()
    places: tuple[int, ...] = ()
