"""Requests that are refused, and what later turns trip over (group D's refusals, group H)."""

import re

from toolfuzz.core.ask import Answered, Ask
from toolfuzz.core.reply import ToolCall
from toolfuzz.formats.plan import Refusal, ReplyPlan
from toolfuzz.simulate.faults.registry import Roll, fault, has_keyword

_REFUSED_KEYWORDS = ("prefixItems", "oneOf", "anyOf", "$ref", "pattern", "additionalProperties")
_KEY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@fault("schema-rejected", "request")
def schema_rejected(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 because of one keyword in one tool's schema."""
    wanted = [roll.trigger.keyword] if roll.trigger.keyword else _REFUSED_KEYWORDS
    for tool in reply.ask.tools:
        for keyword in wanted:
            if has_keyword(tool.parameters, keyword):
                return _refuse(
                    reply,
                    f"Invalid schema for function '{tool.name}': '{keyword}' is not permitted.",
                )
    return False


@fault("property-key-rejected", "request")
def property_key_rejected(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 because of a property's name."""
    for n, tool in enumerate(reply.ask.tools):
        properties = tool.parameters.get("properties", {})
        if not all(_KEY.fullmatch(key) for key in properties):
            return _refuse(
                reply,
                f"tools.{n}.input_schema.properties: Property keys should match pattern "
                f"'^{_KEY.pattern}$'",
            )
    return False


@fault("tool-name-rejected", "request")
def tool_name_rejected(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 because of a tool's name."""
    for n, tool in enumerate(reply.ask.tools):
        if not _TOOL_NAME.fullmatch(tool.name):
            return _refuse(
                reply, f"tools.{n}.name: String should match pattern '^{_TOOL_NAME.pattern}$'"
            )
    return False


@fault("provider-refused-call", "message")
def provider_refused_call(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 because the provider's own model made a call that it doesn't accept."""
    if not reply.calls:
        return False
    call = reply.calls[0]
    failed = f'<function={call.name}>{{"arguments": {call.raw}'
    message = "Failed to call a function. Please adjust your prompt."
    reply.refusal = Refusal(400, message, "tool_use_failed", {"failed_generation": failed})
    return True


@fault("history-args-reparse", "request", turn=2)
def history_args_reparse(reply: ReplyPlan, roll: Roll) -> bool:
    """A 500 when the arguments of an earlier call hold an escape."""
    unusual = [c for c in _earlier(reply.ask) if "\\" in (c.arguments_raw or "")]
    return bool(unusual) and _refuse(reply, "Failed to parse tool call arguments as JSON", 500)


@fault("history-args-type", "request", "text", turn=2)
def history_args_type(reply: ReplyPlan, roll: Roll) -> bool:
    """A 500 because the chat template wants an object where the format has a string."""
    strings = [c for c in _earlier(reply.ask) if c.arguments_raw is not None]
    return bool(strings) and _refuse(reply, "Can only get item pairs from a mapping.", 500)


@fault("pairing-rejected", "request", turn=2)
def pairing_rejected(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 although every call has its result."""
    if not any(isinstance(said, Answered) for said in reply.ask.said):
        return False
    return _refuse(reply, "tool_use ids were found without tool_result blocks immediately after")


@fault("id-rewritten", "request", "ids", turn=2)
def id_rewritten(reply: ReplyPlan, roll: Roll) -> bool:
    """The id of the first reply is unknown in the second request."""
    ids = [call.id for call in _earlier(reply.ask)]
    if not ids:
        return False
    return _refuse(reply, f"No tool call found for function call output with call_id {ids[-1]}.")


@fault("id-format", "request", "ids", turn=2)
def id_format(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 for ids that aren't nine letters or digits, though the server gave them out."""
    for call in _earlier(reply.ask):
        if not re.fullmatch(r"[a-zA-Z0-9]{9}", str(call.id)):
            return _refuse(
                reply, f"Tool call id was {call.id} but must be a-z, A-Z, 0-9, with a length of 9."
            )
    return False


@fault("opaque-metadata-required", "request", "indexed", turn=2)
def opaque_metadata_required(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 unless the provider's metadata comes back with the calls."""
    missing = [call for call in _earlier(reply.ask) if call.extra is None]
    return bool(missing) and _refuse(
        reply, "Function call is missing a thought_signature in functionCall parts."
    )


def _earlier(ask: Ask) -> list[ToolCall]:
    return [call for reply in ask.replies for call in reply.calls]


def _refuse(reply: ReplyPlan, message: str, status: int = 400) -> bool:
    reply.refusal = Refusal(status, message)
    return True
