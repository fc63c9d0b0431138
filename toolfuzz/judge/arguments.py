"""The argument string: is it exactly one JSON object, and if not, what is in the way?

The first test that explains the text is reported, and what it mended is handed on, so that the
layers below judge the rest.
"""

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.core.json import JsonError, parse
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.text import clip
from toolfuzz.formats import wire_format
from toolfuzz.judge.catalogue import finding
from toolfuzz.judge.loaded import ReadArguments, read_document, settled
from toolfuzz.judge.unloadable import explain_text

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
    if not raw.strip():
        return _empty(raw, tool, oracle, reply)
    try:
        document = parse(raw)
    except JsonError as error:
        return explain_text(raw, error, oracle, reply, expected_calls)
    return read_document(raw, document, oracle)


def _not_text(call: ToolCall, tool: Tool | None, oracle: JsonObject | None) -> ReadArguments:
    value = call.arguments
    if value is None:
        how = "null" if call.has_arguments else "absent"
        said = finding("args-null-or-absent", f"arguments is {how}", actual=None)
        return ReadArguments(_nothing_lost(tool, oracle), (said,))
    if not isinstance(value, dict | list):
        said = finding(
            "args-non-object", "arguments is neither text nor object", actual=clip(value)
        )
        return ReadArguments(None, (said,))
    kind = "an object" if isinstance(value, dict) else "an array"
    said = finding("args-is-object", f"arguments is {kind}, not a string", actual=clip(value))
    if isinstance(value, list):
        return ReadArguments(None, (said,))
    return ReadArguments(settled(value, oracle), (said,))


def _empty(raw: str, tool: Tool | None, oracle: JsonObject | None, reply: Reply) -> ReadArguments:
    kept = _nothing_lost(tool, oracle)
    if wire_format(reply.api).traits.arguments == "object" and raw == "":
        # No piece at all is how a stream of such a format spells {}.
        return ReadArguments({})
    said = finding(
        "args-empty-string",
        "arguments is an empty string; "
        + ("{} was meant" if kept is not None else "the arguments are lost"),
        severity="error" if kept is None else "warn",
        expected=clip(oracle),
        actual=raw[:20],
    )
    return ReadArguments(kept, (said,))


def _nothing_lost(tool: Tool | None, oracle: JsonObject | None) -> JsonObject | None:
    """Return {} when empty arguments are the right ones, else None."""
    if oracle is not None:
        return {} if not oracle else None
    return {} if tool is not None and not tool.parameters.get("required") else None
