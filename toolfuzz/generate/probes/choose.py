"""``choose``: exactly one of several look-alike tools does the job; it is not named."""

from toolfuzz.core.case import ExpectedCall, Tool, Turn
from toolfuzz.generate.features.base import Draft, object_schema
from toolfuzz.generate.names import LOOK_ALIKES
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe, asked
from toolfuzz.generate.prompts import can_choose


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...] | None:
    for tool, values in offer.askable:
        if can_choose(tool.name, offer.tools):
            named = tool.name == offer.call.tool
            call = offer.call if named else ExpectedCall(tool.name, values(pick))
            return asked("choose", offer, (call,))
    return None


def _among_look_alikes(pick: Pick, draft: Draft) -> None:
    family = pick.some(pick.of(LOOK_ALIKES), 2, 4)
    chosen = family[0]
    draft.name, draft.description = chosen.name, chosen.description
    shared = object_schema(list({p.name: p for p in draft.parameters if not p.root}.values())[:4])
    draft.others[:0] = [Tool(t.name, t.description, shared) for t in family[1:]]


PROBE = Probe(
    "choose",
    "one of several near-duplicate tools, told by the job alone",
    10,
    _ask,
    prepare=_among_look_alikes,
)
