"""A call whose result holds a ticket, and then another call that must carry it."""

from toolfuzz.core.case import Expectation, ExpectedCall, Tool, Turn
from toolfuzz.generate.conversations.base import Conversation, called, nonce, said, spelled
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer

_REDEEM = Tool(
    "redeem_ticket",
    "Finish a task that another tool has begun.",
    {
        "type": "object",
        "properties": {"ticket": {"type": "string", "description": "From the other's result."}},
        "required": ["ticket"],
    },
)


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    ticket = nonce(pick)
    prompt = (
        f"First call {called(offer.call)}\n\nIts result will hold a ticket. Then call "
        f"{spelled(_REDEEM.name)} with that ticket, copied unchanged."
    )
    second = ExpectedCall(_REDEEM.name, {"ticket": ticket})
    return (
        Turn(
            said(prompt),
            Expectation("calls", (offer.call,)),
            results=(spelled({"status": "begun", "ticket": ticket}),),
        ),
        Turn((), Expectation("calls", (second,))),
    )


CONVERSATION = Conversation(
    "follow-up", "a second call carries what the first one's result said", _ask, helpers=(_REDEEM,)
)
