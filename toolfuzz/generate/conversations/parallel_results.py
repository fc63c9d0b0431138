"""Several calls at once, and then one that must carry all their results in the calls' order."""

from toolfuzz.core.case import Expectation, ExpectedCall, Tool, Turn
from toolfuzz.generate.conversations.base import Conversation, called, nonce, said, spelled
from toolfuzz.generate.features.base import Draft, Parameter
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer

_JOIN = Tool(
    "join_parts",
    "Join the parts that other calls have made, in the order of their numbers.",
    {
        "type": "object",
        "properties": {"parts": {"type": "array", "items": {"type": "string"}, "minItems": 1}},
        "required": ["parts"],
    },
)

_STEP = 0x9E3779B97F
"""Odd, so that no two parts of a reply are equal, and so large that they look unlike."""


def _number_the_calls(draft: Draft) -> None:
    draft.parameters.append(Parameter("part_number", {"type": "integer"}, lambda pick: 1))


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    (number,) = (name for name in reversed(offer.first) if name.startswith("part_number"))
    calls = tuple(
        ExpectedCall(offer.call.tool, {**offer.first, number: n})
        for n in range(1, pick.within(2, 4) + 1)
    )
    first = int(nonce(pick), 16)
    parts = [f"{(first + n * _STEP) % 2**40:010x}" for n in range(len(calls))]
    listed = "\n".join(f"{n}. {called(call)}" for n, call in enumerate(calls, 1))
    prompt = (
        f"Make these {len(calls)} calls in one turn:\n\n{listed}\n\nEach result will hold a part. "
        f"Then call {spelled(_JOIN.name)} with all the parts, the one of call 1 first."
    )
    joined = ExpectedCall(_JOIN.name, {"parts": parts})
    return (
        Turn(
            said(prompt),
            Expectation("calls", calls, order="given"),
            results=tuple(spelled({"part": part}) for part in parts),
        ),
        Turn((), Expectation("calls", (joined,))),
    )


CONVERSATION = Conversation(
    "parallel-results",
    "a later call carries the results of several calls, in their order",
    _ask,
    helpers=(_JOIN,),
    prepare=_number_the_calls,
)
