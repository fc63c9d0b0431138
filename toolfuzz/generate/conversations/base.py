"""What conversations are made of: words, tools that later turns call, and how to read them again.

A later call needs what an earlier result says, so every turn but the last has results. The reader
beside each script does what a model with perfect understanding does; the simulator answers with it.
"""

import json
import re
from collections.abc import Sequence

from toolfuzz.core.ask import Answered, Ask, Called
from toolfuzz.core.case import Expectation, ExpectedCall, JsonObject, Message, Tool, Turn
from toolfuzz.core.reply import Reply
from toolfuzz.generate.features.base import Draft, Parameter
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer

__all__ = [
    "JOIN",
    "REDEEM",
    "called",
    "joined",
    "listed",
    "nonce",
    "number_the_calls",
    "numbered_calls",
    "parts_of",
    "read_call",
    "read_joined",
    "read_list",
    "rounds",
    "said",
    "spelled",
]

REDEEM = Tool(
    "redeem_ticket",
    "Finish a task that another tool has begun.",
    {
        "type": "object",
        "properties": {"ticket": {"type": "string", "description": "From the other's result."}},
        "required": ["ticket"],
    },
)
JOIN = Tool(
    "join_parts",
    "Join the parts that other calls have made, in the order of their numbers.",
    {
        "type": "object",
        "properties": {"parts": {"type": "array", "items": {"type": "string"}, "minItems": 1}},
        "required": ["parts"],
    },
)

_UNLIKE = 0x9E3779B97F
_NUMBER = "part_number"
_CALL = re.compile(r'("(?:[^"\\]|\\.)*") with exactly these arguments: (.*)', re.DOTALL)


# --- what is said


def nonce(pick: Pick) -> str:
    """Return a text that nobody can guess: whoever says it has read the result it stood in.

    Also the simplest one looks like nothing that stands in a prompt.
    """
    return f"{pick.below(2**40) ^ _UNLIKE:010x}"


def parts_of(pick: Pick, count: int) -> list[str]:
    """Return so many nonces, no two of them equal or alike."""
    first = int(nonce(pick), 16)
    return [f"{(first + n * _UNLIKE) % 2**40:010x}" for n in range(count)]


def _shuffled(pick: Pick, count: int) -> tuple[int, ...]:
    """Return an order for so many results; empty, the calls' own, in half of all cases."""
    order = tuple(pick.shuffled(range(count))) if pick.chance(50) else ()
    return () if order == tuple(range(count)) else order


def said(text: str) -> tuple[Message, ...]:
    """Return a user's message."""
    return (Message("user", text),)


def called(call: ExpectedCall) -> str:
    """Put a call into words, on one line."""
    return f"{spelled(call.tool)} with exactly these arguments: {spelled(call.arguments)}"


def listed(calls: Sequence[ExpectedCall]) -> str:
    """Put calls into words, numbered from 1."""
    return "\n".join(f"{n}. {called(call)}" for n, call in enumerate(calls, 1))


def spelled(value: str | JsonObject) -> str:
    """Return a value as JSON."""
    return _encode(value)


_encode = json.JSONEncoder(ensure_ascii=False).encode


# --- several calls of a tool


def number_the_calls(pick: Pick, draft: Draft) -> None:
    """Give the tool a number that tells its calls apart."""
    if draft.parameters:
        draft.parameters.append(Parameter(_NUMBER, {"type": "integer"}, lambda pick: 1))


def numbered_calls(pick: Pick, offer: Offer, count: int) -> tuple[ExpectedCall, ...]:
    """Return so many calls of the tool: by their number where it has one, else as drawn."""
    tool, values = offer.askable[0]
    properties = tool.parameters.get("properties", {})
    numbers = [n for n in offer.first if n.startswith(_NUMBER) and properties[n] == _INTEGER]
    if numbers:
        each = [{**offer.first, numbers[-1]: n} for n in range(1, count + 1)]
    else:
        each = [offer.first, *(values(pick) for _ in range(count - 1))]
    return tuple(ExpectedCall(tool.name, arguments) for arguments in each)


_INTEGER = {"type": "integer"}


def joined(
    pick: Pick, prompt: str, calls: tuple[ExpectedCall, ...], parts: list[str]
) -> tuple[Turn, ...]:
    """Return calls whose results hold a part each, and the call that must carry all parts."""
    return (
        Turn(
            said(prompt),
            Expectation("calls", calls),
            results=tuple(spelled({"part": part}) for part in parts),
            order=_shuffled(pick, len(calls)),
        ),
        Turn((), Expectation("calls", (ExpectedCall(JOIN.name, {"parts": parts}),))),
    )


# --- and back


def read_call(text: str) -> ExpectedCall:
    """Read a call in words; raises ValueError."""
    match = _CALL.fullmatch(text)
    if match is None:
        raise ValueError(text)
    name, arguments = json.loads(match[1]), json.loads(match[2])
    if not isinstance(arguments, dict):
        raise ValueError(text)
    return ExpectedCall(name, arguments)


def read_list(text: str) -> list[ExpectedCall]:
    """Read numbered calls; raises ValueError."""
    return [read_call(line.partition(". ")[2]) for line in text.split("\n")]


def read_joined(tool: str, done: list[list[str]]) -> list[ExpectedCall]:
    """Return the call that carries the parts of the first round; none once it was made."""
    parts = [json.loads(result)["part"] for result in done[0]]
    return [ExpectedCall(json.loads(tool), {"parts": parts})] if len(done) == 1 else []


def rounds(ask: Ask) -> list[list[str]]:
    """Return the results since the user's last message, round by round, in the calls' order."""
    found: list[list[str]] = []
    reply = Reply("", False, None)
    for one in ask.said:
        match one:
            case Message("user"):
                found.clear()
            case Called(reply):
                pass
            case Answered(results):
                by_id = {result.call_id: result.content for result in results}
                ids = [call.id for call in reply.calls]
                told = [by_id[i] for i in ids] if set(ids) == by_id.keys() else []
                apart = len(told) == len(by_id) == len(results)
                found.append(told if apart else [result.content for result in results])
    return found
