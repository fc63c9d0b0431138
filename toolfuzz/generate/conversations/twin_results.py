"""The same call twice in one turn, with different results, and one that must carry both."""

from collections.abc import Sequence

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import ExpectedCall, Turn
from toolfuzz.generate.conversations.base import (
    JOIN,
    called,
    joined,
    parts_of,
    read_call,
    read_joined,
    rounds,
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
    return joined(pick, prompt, (offer.call, offer.call), parts)


def _read(ask: Ask) -> Sequence[ExpectedCall] | None:
    match = pattern(_PROMPT).fullmatch(ask.prompt)
    if match is None:
        return None
    done = rounds(ask)
    return read_joined(match["tool"], done) if done else [read_call(match["call"])] * 2


PROBE = Probe(
    "twin-results",
    "two equal calls with different results, and a call that carries both",
    2,
    _ask,
    helpers=lambda pick, offer: (JOIN,),
    read=_read,
)
