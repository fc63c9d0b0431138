"""Calls as a model family writes them in its text."""

from random import Random

from toolfuzz.core.case import ExpectedCall
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.simulate.parsers.tags import TAGGED

__all__ = ["native_text"]


def native_text(reply: ReplyPlan, rng: Random) -> str:
    """The calls in a native format: one of the engines' families, or tags if none carries them."""
    from toolfuzz.engines import native

    calls = [ExpectedCall(c.name, c.arguments) for c in reply.calls]
    families = list(native.families().values())
    for family in rng.sample(families, len(families)):
        try:
            text = family.render(calls, reply.ask.tools)
        except native.NotExpressible:
            continue
        if any(marker in text for marker in family.markers):
            return text
    tagged = rng.choice(list(TAGGED.values()))
    return tagged.write(reply.calls)
