"""Models that lack one thing: they ignore a dimension's worlds' burden and are else perfect."""

from copy import deepcopy

from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.generate import dimensions
from toolfuzz.judge.faults import Roll
from toolfuzz.simulate.faults.registry import fault
from toolfuzz.worlds.family import Family


def _ignoring(family: Family) -> None:
    """Register the fault of a model that ignores a dimension, in all its worlds or a share."""

    def ignores(reply: ReplyPlan, roll: Roll) -> bool:
        moves = dimensions.ignore(reply.ask, family.name)
        if moves is None:
            return False
        right = [(call.name, call.arguments) for call in reply.calls]
        calls = [Call(move.tool, deepcopy(move.arguments)) for move in moves]
        reply.calls, reply.text = calls, "" if calls else "All done."
        return [(call.name, call.arguments) for call in calls] != right

    ignores.__doc__ = f"The model does without what {family.name} asks: to {family.summary}."
    fault(f"ignores-{family.name}", "plan", turn=2, lasting=True)(ignores)


for _family in dimensions.all_dimensions().values():
    _ignoring(_family)
