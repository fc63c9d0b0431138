"""The same question asked plain and streamed: two replies that must hold the same calls."""

from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.judge.reading import load

__all__ = ["comparable", "key"]


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


def key(call: ToolCall) -> str:
    """Return name and arguments as one text; arguments that don't load count as they stand."""
    value = load(call.arguments_raw) if call.arguments_raw is not None else call.arguments
    arguments = call.arguments_raw if value is None else canonical(value)
    return f"{call.name} {arguments}"
