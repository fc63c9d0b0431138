"""The same call twice in one turn, with different results, and one that must carry both."""

import json
from collections.abc import Sequence

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Expectation, ExpectedCall, Turn
from toolfuzz.generate.conversations.base import (
    JOIN,
    called,
    parts_of,
    read_call,
    rounds,
    said,
    shuffled,
    spelled,
)
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe
from toolfuzz.generate.prompts import pattern

_PROMPT = (
    "Make this call twice in one turn, both times alike, for each of the two makes a part of its "
    "own: {call}\n\nThen call {tool} with both parts, that of your first call first."
)


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    parts = parts_of(pick, 2)
    prompt = _PROMPT.format(call=called(offer.call), tool=spelled(JOIN.name))
    return (
        Turn(
            said(prompt),
            Expectation("calls", (offer.call, offer.call)),
            results=tuple(spelled({"part": part}) for part in parts),
            order=shuffled(pick, 2),
        ),
        Turn((), Expectation("calls", (ExpectedCall(JOIN.name, {"parts": parts}),))),
    )


def _read(ask: Ask) -> Sequence[ExpectedCall] | None:
    match = pattern(_PROMPT).fullmatch(ask.prompt)
    if match is None:
        return None
    done = rounds(ask)
    if not done:
        return [read_call(match["call"])] * 2
    parts = [json.loads(result)["part"] for result in done[0]]
    return [ExpectedCall(json.loads(match["tool"]), {"parts": parts})] if len(done) == 1 else []


PROBE = Probe(
    "twin-results",
    "two equal calls with different results, and a call that carries both",
    2,
    _ask,
    helpers=lambda pick, offer: (JOIN,),
    read=_read,
)
