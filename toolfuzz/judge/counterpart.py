"""The same question asked plain and streamed: two replies that must hold the same calls."""

from toolfuzz.core.case import JsonObject
from toolfuzz.core.given import given_of
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.formats import Traits, WireFormat
from toolfuzz.judge.reading import load
from toolfuzz.judge.stream import assemble

__all__ = ["calls_of", "comparable", "key", "samples"]


def comparable(counterpart: Reply | None) -> bool:
    """Whether the plain reply is whole enough to hold a streamed one against it."""
    return (
        counterpart is not None
        and counterpart.transport_error is None
        and counterpart.error is None
        and counterpart.status is not None
        and counterpart.status < 300
        and counterpart.finish not in ("length", "refusal")
    )


def samples(request: JsonObject, format: WireFormat) -> bool:
    """Whether the same request may be answered in another way, as models do that sample.

    An engine's parser doesn't; a model at temperature 0 shouldn't.
    """
    return given_of(request) is None and format.temperature(request) != 0


def calls_of(reply: Reply, traits: Traits) -> list[str]:
    """Return the calls as a client has them, as texts in an order of their own."""
    if reply.fragments:
        return sorted(key(call.tool_call()) for call in assemble(reply, traits, ()))
    return sorted(map(key, reply.calls))


def key(call: ToolCall) -> str:
    """Return name and arguments as one text; arguments that don't load count as they stand."""
    value = load(call.arguments_raw) if call.arguments_raw is not None else call.arguments
    arguments = call.arguments_raw if value is None else canonical(value)
    return f"{call.name} {arguments}"
