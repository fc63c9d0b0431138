"""The argument string: is it exactly one JSON object, and if not, what is in the way?

What stands in the way is a fact; what the object is without it is handed on, so that the rest can
be judged.
"""

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.core.json import JsonError
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.text import clip
from toolfuzz.formats import wire_format
from toolfuzz.judge.loaded import read_document, settled
from toolfuzz.judge.reading import parsed
from toolfuzz.judge.texts import Blank, NotText, ReadArguments
from toolfuzz.judge.unloadable import read_broken

__all__ = ["ReadArguments", "read"]


def read(
    call: ToolCall,
    tool: Tool | None,
    expected: ExpectedCall | None,
    *,
    reply: Reply,
    expected_calls: int = 1,
) -> ReadArguments:
    """Read one call's arguments; linear in their length, and never raises.

    ``expected_calls`` is how many calls the turn asked for: it tells arguments of merged
    parallel calls from arguments that were sent twice.
    """
    oracle = expected.arguments if expected is not None else None
    if call.arguments_raw is None:
        return _not_text(call, tool, oracle)
    raw = call.arguments_raw
    if not raw or raw.isspace():
        return _empty(raw, tool, oracle, reply)
    try:
        document = parsed(raw)
    except JsonError as error:
        return read_broken(raw, error, oracle, reply, expected_calls)
    return read_document(raw, document, oracle)


def _not_text(call: ToolCall, tool: Tool | None, oracle: JsonObject | None) -> ReadArguments:
    value = call.arguments
    if value is None:
        nothing = NotText(None, value=None, sent=call.has_arguments)
        return ReadArguments(_nothing_lost(tool, oracle), (nothing,))
    fact = NotText(clip(value), value=value)
    if not isinstance(value, dict):
        return ReadArguments(None, (fact,))
    return ReadArguments(settled(value, oracle), (fact,))


def _empty(raw: str, tool: Tool | None, oracle: JsonObject | None, reply: Reply) -> ReadArguments:
    kept = _nothing_lost(tool, oracle)
    if wire_format(reply.api).traits.arguments == "object" and raw == "":
        # No piece at all is how a stream of such a format spells {}.
        return ReadArguments({})
    return ReadArguments(kept, (Blank(raw[:20], clip(oracle), meant=kept is not None),))


def _nothing_lost(tool: Tool | None, oracle: JsonObject | None) -> JsonObject | None:
    """Return {} when empty arguments are the right ones, else None."""
    if oracle is not None:
        return {} if not oracle else None
    return {} if tool is not None and not tool.parameters.get("required") else None
