"""What request readers share: the earlier replies and the tool results of a conversation."""

from collections.abc import Iterable, Sequence
from typing import Any

from toolfuzz.core import json as strictjson
from toolfuzz.core.ask import Answered, Called, Said, ToolResult
from toolfuzz.core.case import Message
from toolfuzz.core.reply import Reply, ToolCall

__all__ = ["argument_text", "conversation", "replied"]


def replied(
    text: str = "",
    calls: Sequence[ToolCall] = (),
    *,
    reasoning: str = "",
    extra: Sequence[Any] = (),
) -> Called:
    """Return an earlier reply as far as a request tells of it."""
    return Called(
        Reply(
            "",
            False,
            None,
            text=text,
            reasoning=reasoning,
            calls=tuple(calls),
            extra=tuple(extra),
        )
    )


def conversation(parts: Iterable[Message | Called | ToolResult]) -> tuple[Said, ...]:
    """Put results that stand in a row together, each with the name of the tool that was called."""
    said: list[Said] = []
    names: dict[str | None, str | None] = {}
    results: list[ToolResult] = []

    def answer() -> None:
        if results:
            said.append(Answered(tuple(results)))
            results.clear()

    for part in parts:
        if isinstance(part, ToolResult):
            tool = part.tool or names.get(part.call_id)
            results.append(ToolResult(part.call_id, tool, part.content))
            continue
        answer()
        if isinstance(part, Called):
            names = {call.id: call.name for call in part.reply.calls}
        said.append(part)
    answer()
    return tuple(said)


def argument_text(call: ToolCall) -> str:
    """Return a call's arguments as the text that is sent back: its own, as far as there is one."""
    if call.arguments_raw is not None:
        return call.arguments_raw
    return strictjson.dumps(call.arguments) if call.arguments is not None else "{}"
