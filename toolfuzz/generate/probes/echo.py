"""``echo``: one call, its arguments given as JSON."""

from toolfuzz.core.case import Turn
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe, asked


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    return asked("echo", offer, (offer.call,))


PROBE = Probe("echo", "one call with exactly these arguments, given as JSON", 36, _ask)
