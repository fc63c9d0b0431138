"""``batch``: several calls in one turn, no two of them equal."""

from toolfuzz.core.case import ExpectedCall, Turn
from toolfuzz.generate.features.base import Draft, Parameter
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe, asked

_TRIES = 6


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...] | None:
    wanted = pick.within(2, 4)
    mixed = pick.chance(30)
    calls = [offer.call]
    for n in range(1, _TRIES):
        tool, values = offer.askable[n % len(offer.askable) if mixed else 0]
        call = ExpectedCall(tool.name, values(pick))
        if call in calls:
            mixed = True
        else:
            calls.append(call)
        if len(calls) == wanted:
            break
    return asked("batch", offer, tuple(calls)) if len(calls) > 1 else None


def _numbered(pick: Pick, draft: Draft) -> None:
    """Give the tool a number that tells its calls apart."""
    if draft.parameters:
        required = any(p.required for p in draft.parameters)
        numbers = Parameter(
            "batch_number", {"type": "integer"}, lambda p: p.below(1000), required=required
        )
        draft.parameters.append(numbers)


PROBE = Probe("batch", "two to four different calls in one turn", 10, _ask, prepare=_numbered)
