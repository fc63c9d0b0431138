"""``describe``: one call, its arguments given in words."""

from toolfuzz.core.case import Turn
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe, asked


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    return asked("describe", offer, (offer.call,))


PROBE = Probe("describe", "one call, the same values described in prose", 18, _ask)
