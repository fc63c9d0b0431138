"""A call whose result holds a ticket, and then another that must carry it and an earlier value.

The tools on offer may change between the two: the second tool comes late, or the first one goes.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Expectation, ExpectedCall, Json, Tool, Turn
from toolfuzz.generate.conversations.base import (
    REDEEM,
    called,
    nonce,
    read_call,
    rounds,
    said,
    spelled,
)
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe
from toolfuzz.generate.prompts import pattern

__all__ = ["ask", "redeem"]

_PROMPT = (
    "First call {call}\n\nIts result will hold a ticket. Then call {tool} with that ticket, "
    "copied unchanged{carried}.{late}"
)
_CARRIED = ", and with the very same {key} as in the first call"
_LATE = " It will be on offer by then."
_LATER, _GONE = 2, 3


def redeem(pick: Pick, offer: Offer) -> tuple[Tool, ...]:
    """Return the second tool.

    A value of the first call goes along where its schema can stand in another tool.
    """
    schemas = offer.askable[0][0].parameters.get("properties", {})
    keys = [key for key in offer.first if _stands_alone(schemas.get(key)) and key != "ticket"]
    if not keys:
        return (REDEEM,)
    key = pick.of(keys)
    properties = {**REDEEM.parameters["properties"], key: schemas[key]}
    return (
        replace(
            REDEEM,
            parameters={"type": "object", "properties": properties, "required": ["ticket", key]},
        ),
    )


def _stands_alone(schema: Json) -> bool:
    return isinstance(schema, dict) and not any(
        word in json.dumps(schema) for word in ('"$ref"', '"$dynamicRef"', '"$id"', '"id"')
    )


def ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    """Return both turns."""
    ticket, way = nonce(pick), pick.below(4)
    redeem = next(tool for tool in offer.tools if tool.name == REDEEM.name)
    carried = {key: offer.first[key] for key in redeem.parameters["required"][1:]}
    prompt = _PROMPT.format(
        call=called(offer.call),
        tool=spelled(redeem.name),
        carried="".join(_CARRIED.format(key=spelled(key)) for key in carried),
        late=_LATE if way == _LATER else "",
    )
    first = Turn(
        said(prompt),
        Expectation("calls", (offer.call,)),
        results=(spelled({"status": "begun", "ticket": ticket}),),
    )
    call = ExpectedCall(redeem.name, {"ticket": ticket, **carried})
    second = Turn((), Expectation("calls", (call,)))
    if way == _LATER:
        first = replace(first, tools=_without(offer, redeem.name))
    elif way == _GONE:
        second = replace(second, tools=_without(offer, offer.call.tool))
    return first, second


def _without(offer: Offer, name: str) -> tuple[Tool, ...]:
    return tuple(tool for tool in offer.tools if tool.name != name)


def _read(ask: Ask) -> Sequence[ExpectedCall] | None:
    match = pattern(_PROMPT).fullmatch(ask.prompt)
    if match is None:
        return None
    first, done = read_call(match["call"]), rounds(ask)
    if not done:
        return [first]
    # A key may hold the full stop that ends the sentence.
    carried = pattern(_CARRIED).match(f"{match['carried']}.{match['late']}")
    keys = [json.loads(carried["key"])] if carried else []
    call = ExpectedCall(
        json.loads(match["tool"]),
        {"ticket": json.loads(done[0][0])["ticket"], **{key: first.arguments[key] for key in keys}},
    )
    return [call] if len(done) == 1 else []


PROBE = Probe(
    "followup",
    "a second call carries what the first one's result said, and an earlier argument",
    5,
    ask,
    helpers=redeem,
    read=_read,
)
