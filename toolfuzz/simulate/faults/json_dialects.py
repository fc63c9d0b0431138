"""Bad parsers of the native formats that carry arguments as JSON (hermes, kimi, harmony, mistral).

Here types survive; what goes wrong is the text around the arguments and its last characters.
"""

import json
import re

from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defects.call_dropped import simulate as call_dropped
from toolfuzz.judge.faults import Roll
from toolfuzz.judge.faults.calls import earlier_calls
from toolfuzz.simulate.faults.registry import fault


@fault("hermes/dump-again", "raw", "text, pieces stream")
def dump_again(reply: ReplyPlan, roll: Roll) -> bool:
    """The model wrote the arguments as a string, and the parser dumps it (vllm#54964)."""
    texts = [call for call in reply.calls if isinstance(call.raw, str)]
    for call in texts:
        call.raw = json.dumps(call.raw, ensure_ascii=False)
    return bool(texts)


@fault("hermes/last-brace-lost", "pieces", "pieces stream")
def last_brace_lost(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """The closing brace is lost after a last value that is no string (vllm-project/vllm#32152)."""
    found = False
    for n, call in enumerate(reply.calls):
        if not isinstance(call.raw, str) or not re.search(r'[^"\s{]\s*\}$', call.raw):
            continue
        fragments = [p for p in pieces if p.kind == "args" and p.call == n]
        fragments[-1].text = fragments[-1].text[:-1]
        for piece in pieces:
            if piece.kind == "close" and piece.call == n:
                piece.text = call.raw[:-1]
        found = True
    pieces[:] = [p for p in pieces if p.kind != "args" or p.text]
    return found


@fault("hermes/no-empty-arguments", "raw", "text stream")
def no_empty_arguments(reply: ReplyPlan, roll: Roll) -> bool:
    """Empty arguments are never sent in a stream (vllm-project/vllm#28806)."""
    empty = [call for call in reply.calls if call.raw == "{}"]
    for call in empty:
        call.raw = ""
    return bool(empty)


@fault("kimi/counted-ids", "message", "ids", turn=2)
def counted_ids(reply: ReplyPlan, roll: Roll) -> bool:
    """Ids in the model's own form, function name and count (vllm-project/vllm#32146).

    Nobody can be hurt before the count starts again in the second turn.
    """
    given = {call.id for call in earlier_calls(reply.ask)}
    for n, call in enumerate(reply.calls):
        call.id = f"functions.{call.name}:{n}"
    return any(call.id in given for call in reply.calls)


@fault("kimi/id-as-name", "message", "ids")
def id_as_name(reply: ReplyPlan, roll: Roll) -> bool:
    """The parser takes the whole id for the name."""
    for n, call in enumerate(reply.calls):
        call.name = f"functions.{call.name}:{n}"
    return bool(reply.calls)


@fault("harmony/channel-in-name", "message")
def channel_in_name(reply: ReplyPlan, roll: Roll) -> bool:
    """The channel token stays at the name (vllm-project/vllm#32587)."""
    for call in reply.calls:
        call.name = f"{call.name}<|channel|>commentary"
    return bool(reply.calls)


@fault("harmony/commentary-as-content", "message")
def commentary_as_content(reply: ReplyPlan, roll: Roll) -> bool:
    """The commentary channel isn't recognised, and the call is content."""
    if not reply.calls:
        return False
    reply.text = "".join(
        f"<|channel|>commentary to=functions.{call.name} <|constrain|>json<|message|>{call.raw}"
        "<|call|>"
        for call in reply.calls
    )
    reply.calls, reply.finish = [], "stop"
    return True


@fault("mistral/split-number", "raw", "pieces stream")
def split_number(reply: ReplyPlan, roll: Roll) -> bool:
    """A number that comes in two tokens is sent twice (vllm-project/vllm#13622)."""
    found = False
    for call in reply.calls:
        match = re.search(r'":(\d\d+)[,}]', call.raw) if isinstance(call.raw, str) else None
        if match:
            half = match[1][: len(match[1]) // 2]
            call.raw = f'{call.raw[: match.start(1)]}"{half}{call.raw[match.start(1) :]}'
            found = True
    return found


@fault("mistral/short-ids", "message", "ids", legal=True)
def short_ids(reply: ReplyPlan, roll: Roll) -> bool:
    """Ids of nine letters and digits, the only ones that Mistral's template takes back."""
    for call in reply.calls:
        call.id = call.id[-9:]
    return bool(reply.calls)


@fault("mlx/coercion-error", "message")
def coercion_error_drops_call(reply: ReplyPlan, roll: Roll) -> bool:
    """A parser that wants whole numbers raises on others and drops the calls (mlx-lm#1330)."""
    values = [value for call in reply.calls for value in call.arguments.values()]
    return any(isinstance(value, float) for value in values) and call_dropped(reply, roll)
