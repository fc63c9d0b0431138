"""Bytes of the simulator for a case, without a network."""

import json

from toolfuzz.core.case import Case
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.formats import wire_format
from toolfuzz.simulate.ask import read_ask
from toolfuzz.simulate.encode import encode_body, encode_events
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile

CAP = 16_384


def simulated(case: Case, api: str, *, stream: bool, model: str, seed: str = "0") -> Attempt:
    """Answer the case's first turn; the header ``x-toolfuzz-fault`` names what struck."""
    cap = "max_output_tokens" if api == "openai-responses" else "max_tokens"
    body = wire_format(api).encode(
        case, 0, Target(model, "sim", model, api, params={cap: CAP}), stream=stream
    )
    outcome = respond(read_ask(api, body, len(json.dumps(body))), check_profile(model), seed)
    refusal = outcome.reply.refusal
    streamed = stream and refusal is None
    data = (
        b"".join(encode_events(outcome.wire.events)) if streamed else encode_body(outcome.wire.body)
    )
    headers = {
        "content-type": "text/event-stream" if streamed else "application/json",
        "x-toolfuzz-fault": ",".join(outcome.struck),
    }
    return Attempt(0.0, 0.0, 0.0, refusal.status if refusal else 200, headers, ((0.0, data),))
