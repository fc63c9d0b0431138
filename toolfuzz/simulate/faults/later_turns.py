"""What goes wrong from the second turn on and shows in the reply itself (group H)."""

from typing import Any

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.simulate.faults.mutate import parameters
from toolfuzz.simulate.faults.plan import call_in_content
from toolfuzz.simulate.faults.registry import Roll, fault
from toolfuzz.simulate.schema import places

_DEGRADES_AT = 3
_EXACT = 2**53


@fault("history-args-erased", "plan", turn=2)
def history_args_erased(reply: ReplyPlan, roll: Roll) -> bool:
    """The model sees its earlier calls without arguments, and repeats them so."""
    before = {call.name for earlier in reply.ask.replies for call in earlier.calls}
    again = [call for call in reply.calls if call.name in before and call.arguments]
    for call in again:
        call.arguments = {}
    return bool(again)


@fault("tool-result-dropped", "plan", turn=2)
def tool_result_dropped(reply: ReplyPlan, roll: Roll) -> bool:
    """The model doesn't see what the tools said."""
    if not reply.ask.answered:
        return False
    reply.text = "The tool answered nothing."
    return True


@fault("id-reused-across-turns", "message", "ids", turn=2)
def id_reused_across_turns(reply: ReplyPlan, roll: Roll) -> bool:
    """Ids are counted from 0 in every reply; nobody can see it in the first."""
    for n, call in enumerate(reply.calls):
        call.id = f"call_{n}"
    return bool(reply.calls) and reply.ask.turn > 1


@fault("format-degradation", "message", turn=_DEGRADES_AT)
def format_degradation(reply: ReplyPlan, roll: Roll) -> bool:
    """After some turns the calls become text."""
    return reply.ask.turn >= _DEGRADES_AT and call_in_content(reply, roll)


@fault("corruption-replayed", "values", turn=2)
def corruption_replayed(reply: ReplyPlan, roll: Roll) -> bool:
    """The same damage each time: large integers are rounded, strings lose the space around them."""
    changed = False
    for call in reply.calls:
        for place in places(call.arguments, parameters(reply, call)):
            damaged = _damaged(place.value)
            if damaged != place.value:
                place.holder[place.key], changed = damaged, True
    return changed


def _damaged(value: Any) -> Any:
    if isinstance(value, int) and _EXACT < abs(value) < 10**300:
        return int(float(value))
    return value.strip() if isinstance(value, str) and value.strip() else value
