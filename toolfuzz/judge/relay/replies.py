"""What a gateway made of a reply: its calls in their order, arguments, end and text."""

from collections.abc import Iterator, Sequence

from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.judge.relay.arguments import argument_changes, value_of
from toolfuzz.judge.relay.difference import Difference

__all__ = ["reply_changes"]

_OK = 200


def reply_changes(given: Reply, came: Reply) -> Iterator[Difference]:
    """Yield what is different for the client of what upstream replied; calls are assembled."""
    if given.status != came.status:
        yield Difference(
            "relay-status-changed", "status", given.status, came.status, "is another",
            kind=f"{given.status} to {came.status}",
        )  # fmt: skip
        return
    if given.status != _OK:
        return
    yield from _calls(given.calls, came.calls)
    if given.finish != came.finish and not (given.calls and not came.calls):
        kind = f"{given.finish} to {came.finish}" if came.finish else "lost"
        yield Difference(
            "relay-finish-changed", "finish reason", given.finish, came.finish, "is another",
            kind=kind,
        )  # fmt: skip
    if given.text != came.text:
        severity = "warn" if given.text.strip() == came.text.strip() else "error"
        yield Difference(
            "relay-text-changed", "text", given.text, came.text, "is another",
            "warn" if severity == "warn" else "error",
        )  # fmt: skip
    if given.usage and given.usage.output_tokens and not (came.usage and came.usage.output_tokens):
        yield Difference("relay-usage-lost", "usage", "counted", None, "is lost", "warn")


def _calls(given: Sequence[ToolCall], came: Sequence[ToolCall]) -> Iterator[Difference]:
    names, others = [call.name for call in given], [call.name for call in came]
    if len(given) != len(came):
        slug = "relay-call-lost" if len(came) < len(given) else "relay-call-added"
        yield Difference(slug, "calls", names, others, f"{len(came)} of {len(given)}")
        return
    meant, came_so = (
        [f"{c.name} {canonical(value_of(c))}" for c in calls] for calls in (given, came)
    )
    if meant != came_so and sorted(meant) == sorted(came_so):
        yield Difference("relay-calls-reordered", "calls", names, others, "stand in another order")
        return
    for n, (one, other) in enumerate(zip(given, came, strict=True)):
        if one.name != other.name:
            yield Difference(
                "relay-call-renamed", f"calls/{n}/name", one.name, other.name, "is another", call=n
            )
        yield from _arguments(one, other, n)


def _arguments(given: ToolCall, came: ToolCall, n: int) -> Iterator[Difference]:
    for change in argument_changes(given, came, f"calls/{n}/arguments"):
        yield Difference(
            "relay-arguments-changed", change.where, change.given, change.arrived,
            "is spelled otherwise" if change.spelling else "is another",
            "info" if change.spelling else "error", change.kind, n,
        )  # fmt: skip
