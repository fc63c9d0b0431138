"""``echo``: one call, its arguments given as JSON."""

from toolfuzz.core.case import ExpectedCall, Turn
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe, asked


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    tool, values = offer.askable[0]
    return asked("echo", offer, (ExpectedCall(tool.name, values(pick)),))


PROBE = Probe("echo", "one call with exactly these arguments, given as JSON", 45, _ask)
