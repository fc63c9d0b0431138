"""A call that is answered by an error which says how to repair it, and the repaired call."""

from toolfuzz.core.case import Expectation, ExpectedCall, Turn
from toolfuzz.generate.conversations.base import Conversation, called, nonce, said, spelled
from toolfuzz.generate.features.base import Draft, Parameter
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer

_TOKEN = "retry_token"


def _add_token(draft: Draft) -> None:
    """Give the tool an optional parameter, which only a repeated call needs."""
    schema = {"type": "string", "description": "Only to repeat a call, from the error's text."}
    draft.parameters = [p for p in draft.parameters if p.name != _TOKEN]
    draft.parameters.append(Parameter(_TOKEN, schema, nonce, required=False, given=False))


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    token = nonce(pick)
    prompt = (
        f"Call {called(offer.call)}\n\nIf the result is an error that says how to repeat the call, "
        "repeat it so, and change nothing else."
    )
    error = f"call it again with the same arguments and {_TOKEN} set to {token}"
    repaired = ExpectedCall(offer.call.tool, {**offer.first, _TOKEN: token})
    return (
        Turn(
            said(prompt),
            Expectation("calls", (offer.call,)),
            results=(spelled({"error": error}),),
        ),
        Turn((), Expectation("calls", (repaired,))),
    )


CONVERSATION = Conversation(
    "repaired-call",
    "an error says how to repair a call, which is made again",
    _ask,
    prepare=_add_token,
)
