"""A follow-up of which the server has to remember the beginning: only what is new is sent."""

from dataclasses import replace

from toolfuzz.core.case import Turn
from toolfuzz.generate.conversations import followup
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    return tuple(replace(turn, continues=True) for turn in followup.ask(pick, offer))


PROBE = Probe(
    "remembered",
    "a followup in which the server remembers the first turn (previous_response_id)",
    0,
    _ask,
    helpers=followup.redeem,
)
