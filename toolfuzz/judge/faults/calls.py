"""What the simulated faults of calls and requests share."""

from random import Random

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Tool
from toolfuzz.core.reply import ToolCall
from toolfuzz.formats.plan import Call, Refusal, ReplyPlan
from toolfuzz.judge.faults.fault import Roll
from toolfuzz.judge.faults.schema import example

__all__ = ["any_call", "earlier_calls", "refuse", "rename", "simple_call"]


def simple_call(tool: Tool) -> Call:
    """Return a call of the tool with plain arguments, or plain text where it takes that."""
    value = example(tool.parameters, tool.parameters)
    if tool.takes_text:
        return Call(tool.name, {}, raw=str(value))
    return Call(tool.name, value if isinstance(value, dict) else {})


def any_call(reply: ReplyPlan, rng: Random) -> Call | None:
    """Pick a call."""
    return rng.choice(reply.calls) if reply.calls else None


def rename(reply: ReplyPlan, roll: Roll, names: list[str], call: Call | None = None) -> bool:
    """Give a call one of the names that no offered tool has."""
    call = call or any_call(reply, roll.rng)
    free = [name for name in names if reply.ask.tool(name) is None]
    if call is None or not free:
        return False
    call.name = roll.rng.choice(free)
    return True


def earlier_calls(ask: Ask) -> list[ToolCall]:
    """Return the calls of all earlier replies."""
    return [call for reply in ask.replies for call in reply.calls]


def refuse(reply: ReplyPlan, message: str, status: int = 400) -> bool:
    """Answer with an HTTP error."""
    reply.refusal = Refusal(status, message)
    return True
