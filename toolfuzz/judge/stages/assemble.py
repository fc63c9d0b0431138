"""Assemble: the calls as a client has them once the reply is read."""

from msgspec.structs import replace

from toolfuzz.core import effort
from toolfuzz.core import json as strictjson
from toolfuzz.core.reply import ToolCall
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.reading import load
from toolfuzz.judge.stream import assemble

__all__ = ["advance"]


def advance(facts: Facts) -> None:
    """Set ``streamed``, ``sent`` and ``complete``; ``reply`` has its calls from here on.

    A reply that met its token limit is excused, unless it ran away, or the text is known.
    """
    reply = facts.reply
    effort.count_part(len(reply.calls))
    if reply.fragments:
        offered = [tool.name for tool in facts.case.tools]
        facts.streamed = assemble(reply, facts.traits, offered)
        calls = tuple(call.tool_call() for call in facts.streamed)
    elif facts.traits.arguments == "object":
        calls = tuple(map(_as_text, reply.calls))
        facts.text_for_object = [
            n for n, call in enumerate(reply.calls) if isinstance(call.arguments, str)
        ]
    else:
        calls = reply.calls
    if reply.finish == "length" and not facts.cut:
        facts.excuse = "cut off by the token limit"
    facts.sent = calls
    facts.reply = replace(reply, calls=calls)
    facts.complete = bool(calls) and all(
        call.arguments_raw is not None and (call.free or load(call.arguments_raw) is not None)
        for call in calls
    )


def _as_text(call: ToolCall) -> ToolCall:
    """Read arguments of a wrong type as the text that they would be in other formats."""
    if call.arguments is None or call.arguments_raw is not None:
        return call
    text = call.arguments if isinstance(call.arguments, str) else strictjson.dumps(call.arguments)
    return replace(call, arguments_raw=text, arguments=None)
