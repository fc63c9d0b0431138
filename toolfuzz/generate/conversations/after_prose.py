"""A plain answer first, and then a call."""

from toolfuzz.core.case import Expectation, Turn
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe
from toolfuzz.generate.prompts import ABSTAIN_TEXTS, render

_PROBES = ("echo", "describe")


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    variant, probe = pick.below(len(ABSTAIN_TEXTS)), pick.of(_PROBES)
    return (
        Turn(render("abstain", offer.tools, (), variant=variant), Expectation("no_call")),
        Turn(render(probe, offer.tools, (offer.call,)), Expectation("calls", (offer.call,))),
    )


PROBE = Probe("after-prose", "a plain answer first, and then a call", 2, _ask)
