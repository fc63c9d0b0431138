"""Bytes of the simulator for a case, without a network."""

from dataclasses import replace

from toolfuzz.core.ask import ask_of
from toolfuzz.core.case import Case
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import wire_format
from toolfuzz.formats.writing import encode_body
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile
from toolfuzz.simulate.question import read_question

CAP = 16_384


def simulated(case: Case, api: str, *, stream: bool, model: str, seed: str = "0") -> Attempt:
    """Answer the case's first turn; the header ``x-toolfuzz-fault`` names what struck."""
    format = wire_format(api)
    ask = replace(ask_of(case, model=model, stream=stream), max_tokens=CAP)
    request = format.request(ask)
    question = read_question(format, request.body, path=request.path)
    outcome = respond(question, check_profile(model), seed)
    refusal = outcome.reply.refusal
    streamed = stream and refusal is None
    wire = outcome.wire
    data = b"".join(format.framing.join(wire.events)) if streamed else encode_body(wire.body)
    headers = {
        "content-type": format.framing.content_type if streamed else "application/json",
        "x-toolfuzz-fault": ",".join(outcome.struck),
    }
    return Attempt(0.0, 0.0, 0.0, refusal.status if refusal else 200, headers, ((0.0, data),))
