"""Small cases and failures for the tests of evidence, and oracles with planted culprits."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

from toolfuzz.core.case import Case, Expectation, ExpectedCall, JsonObject, Message, Tool, Turn
from toolfuzz.generate import prompts

Fails = Callable[[Case], Awaitable[bool | None]]


def one_call(parameters: JsonObject, arguments: JsonObject, name: str = "save") -> Case:
    tools = (Tool(name, "Save something.", parameters),)
    calls = (ExpectedCall(name, arguments),)
    turn = Turn(prompts.render("echo", tools, calls), Expectation("calls", calls))
    return Case("generated", "echo", (), tools, (turn,))


def big_case() -> Case:
    """Nine parameters; one object stands behind a reference."""
    properties: dict[str, Any] = {
        f"plain_{n}": {"type": "string", "description": "Some text."} for n in range(6)
    }
    properties["settings"] = {"$ref": "#/$defs/Settings"}
    properties["choice"] = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    properties["marks"] = {"type": "array", "items": {"type": "integer"}}
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "$defs": {
            "Settings": {
                "type": "object",
                "properties": {"theme": {"type": "string"}, "size": {"type": "integer"}},
                "required": ["theme", "size"],
            }
        },
    }
    arguments: JsonObject = {f"plain_{n}": f"text number {n}" for n in range(6)}
    arguments |= {"settings": {"theme": "dark", "size": 4}, "choice": 7, "marks": [1, 2, 3]}
    return one_call(parameters, arguments)


def has_reference(case: Case) -> bool:
    return any("$ref" in str(t.parameters.get("properties")) for t in case.tools)


def failing_when(
    symptom: Callable[[Case], bool], rate: float = 1.0, *, noise: float = 0.0, seed: int = 0
) -> tuple[Fails, list[Case]]:
    """Return an oracle that fails at that rate when the symptom is there, and what it was asked."""
    rng, asked = random.Random(seed), []

    async def fails(case: Case) -> bool:
        asked.append(case)
        return rng.random() < (rate if symptom(case) else noise)

    return fails, asked


def follow_up() -> Case:
    """Two turns: the second call carries a ticket out of the first one's result."""
    from toolfuzz.generate.conversations.base import REDEEM, called

    case = big_case()
    (first,) = case.calls
    ticket = "9e37a1b2c3"
    prompt = (
        f"First call {called(first)}\n\nIts result will hold a ticket. Then call "
        f'"redeem_ticket" with that ticket, copied unchanged.'
    )
    turns = (
        Turn(
            (Message("system", "Be brief."), Message("user", prompt)),
            Expectation("calls", (first,)),
            results=(f'{{"status": "begun", "ticket": "{ticket}"}}',),
        ),
        Turn((), Expectation("calls", (ExpectedCall("redeem_ticket", {"ticket": ticket}),))),
    )
    return Case("generated", "followup", (), (*case.tools, REDEEM), turns)
