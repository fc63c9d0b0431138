"""``abstain``: no call is right, by the request itself or by ``tool_choice: none``."""

from toolfuzz.core.case import Expectation, Turn
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe
from toolfuzz.generate.prompts import ABSTAIN_TEXTS, render

_NO_CALL = Expectation("no_call")


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    if pick.chance(25):
        tempting = render("echo", offer.tools, (offer.call,))
        return (Turn(tempting, _NO_CALL, tool_choice="none"),)
    variant = pick.below(len(ABSTAIN_TEXTS))
    return (Turn(render("abstain", offer.tools, (), variant=variant), _NO_CALL),)


PROBE = Probe("abstain", "no call is right", 6, _ask)
