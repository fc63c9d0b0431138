"""Ids, finish reasons and envelopes that are wrong (group G of the catalogue)."""

from toolfuzz.formats.plan import ReplyPlan, Wire
from toolfuzz.simulate.faults.mutate import messages_of
from toolfuzz.simulate.faults.registry import Roll, fault


@fault("finish-stop-with-calls", "message", "finish_word")
def finish_stop_with_calls(reply: ReplyPlan, roll: Roll) -> bool:
    """Calls are there and the reason says stop ; with a forced tool that is legal."""
    if not reply.calls or reply.ask.tool_choice.startswith("tool:"):
        return False
    reply.finish = "stop"
    return True


@fault("finish-calls-empty", "message", "finish_word")
def finish_calls_empty(reply: ReplyPlan, roll: Roll) -> bool:
    """The reason says calls and none is there."""
    if not reply.calls:
        return False
    reply.calls, reply.text = [], ""
    return True


@fault("finish-length-masked", "message", "text, pieces stream")
def finish_length_masked(reply: ReplyPlan, roll: Roll) -> bool:
    """Cut off at max_tokens, and the reason doesn't say so."""
    limit = reply.ask.max_tokens
    if limit is None or not reply.calls or not isinstance(reply.calls[-1].raw, str):
        return False
    raw = reply.calls[-1].raw
    reply.calls[-1].raw = raw[: max(1, len(raw) // 2)]
    reply.finish, reply.output_tokens = "tool_calls", limit
    return True


@fault("finish-null", "message", "finish_word plain")
def finish_null(reply: ReplyPlan, roll: Roll) -> bool:
    """No reason in a finished reply."""
    reply.finish = None
    return True


@fault("id-duplicate", "message", "ids")
def id_duplicate(reply: ReplyPlan, roll: Roll) -> bool:
    """All calls share one id."""
    for call in reply.calls[1:]:
        call.id = reply.calls[0].id
    return len(reply.calls) > 1


@fault("id-empty", "message", "ids plain")
def id_empty(reply: ReplyPlan, roll: Roll) -> bool:
    """An empty id."""
    for call in reply.calls[-1:]:
        call.id = ""
    return bool(reply.calls)


@fault("envelope-nonstandard", "wire", "plain")
def envelope_nonstandard(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """The reply is wrapped in an envelope of the gateway's own."""
    wire.body = {"success": True, "data": wire.body}
    return True


@fault("legacy-function-call", "wire", "indexed")
def legacy_function_call(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """The call comes in the field that tool_calls has replaced."""
    found = False
    for message in messages_of(wire):
        for call in message.pop("tool_calls", ())[:1]:
            if call.get("index", 0) == 0:
                message["function_call"] = call["function"]
                found = True
    return found


@fault("chunk-id-varies", "wire", "indexed stream")
def chunk_id_varies(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """Every chunk has a completion id of its own."""
    for n, (_, data) in enumerate(wire.events):
        if isinstance(data, dict):
            data["id"] = f"{data.get('id')}.{n}"
    return True
