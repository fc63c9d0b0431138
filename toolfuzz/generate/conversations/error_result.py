"""A call that is answered by an error which says how to repair it, and the repaired call."""

import json
import re
from collections.abc import Sequence

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Expectation, ExpectedCall, Turn
from toolfuzz.generate.conversations.base import called, nonce, read_call, rounds, said, spelled
from toolfuzz.generate.features.base import Draft, Parameter
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe
from toolfuzz.generate.prompts import pattern

_PROMPT = (
    "Call {call}\n\nIf the result is an error that says how to repeat the call, "
    "repeat it so, and change nothing else."
)
_AGAIN = "call it again with the same arguments"
_WITH = re.compile(_AGAIN + r"(?: and retry_token set to (\w+))?")
_TOKEN = "retry_token"
_SCHEMA = {"type": "string", "description": "Only to repeat a call, from the error's text."}


def _add_token(pick: Pick, draft: Draft) -> None:
    """Give the tool an optional parameter, which only a repeated call needs."""
    draft.parameters = [p for p in draft.parameters if p.name != _TOKEN]
    draft.parameters.append(Parameter(_TOKEN, _SCHEMA, nonce, required=False, given=False))


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    """A tool of the user's own has no such parameter: its call is made again as it was."""
    token = nonce(pick)
    has_token = offer.askable[0][0].parameters.get("properties", {}).get(_TOKEN) == _SCHEMA
    error = f"{_AGAIN} and {_TOKEN} set to {token}" if has_token else f"not ready: {_AGAIN}"
    repaired = {**offer.first, _TOKEN: token} if has_token else offer.first
    return (
        Turn(
            said(_PROMPT.format(call=called(offer.call))),
            Expectation("calls", (offer.call,)),
            results=(spelled({"error": error}),),
            results_as="error",
        ),
        Turn((), Expectation("calls", (ExpectedCall(offer.call.tool, repaired),))),
    )


def _read(ask: Ask) -> Sequence[ExpectedCall] | None:
    match = pattern(_PROMPT).fullmatch(ask.prompt)
    if match is None:
        return None
    call, done = read_call(match["call"]), rounds(ask)
    if not done:
        return [call]
    again = _WITH.search(json.loads(done[-1][0])["error"])
    if again is None or len(done) > 1:
        return []
    token = {_TOKEN: again[1]} if again[1] else {}
    return [ExpectedCall(call.tool, {**call.arguments, **token})]


PROBE = Probe(
    "error-result",
    "an error says how to repair a call, which is made again",
    3,
    _ask,
    prepare=_add_token,
    read=_read,
)
