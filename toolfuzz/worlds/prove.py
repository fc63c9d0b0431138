"""The proofs that a world carries, or it is not asked: claims that anyone can try again."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Case, Json, JsonObject, Message
from toolfuzz.worlds import agents
from toolfuzz.worlds.agents import Agent, Values, played
from toolfuzz.worlds.family import Family
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.outcome import outcome
from toolfuzz.worlds.spec import World, world_of
from toolfuzz.worlds.view import view_of

__all__ = ["PROOFS", "Proof", "failed_proofs"]

Proves = Callable[[Family, Case, Values], str]
"""Returns "" when the claim holds, else what is wrong."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A claim about a world and how it is shown. ``burdened``: it says nothing of control twins."""

    name: str
    claim: str
    proves: Proves
    burdened: bool = False


def failed_proofs(family: Family, case: Case, values: Values) -> Iterator[tuple[str, str]]:
    """Yield the name of each proof that fails for a case, and why."""
    twin = world_of(case).twin
    for proof in PROOFS:
        if not (proof.burdened and twin) and (wrong := proof.proves(family, case, values)):
            yield proof.name, wrong


def _solvable(family: Family, case: Case, values: Values) -> str:
    world = world_of(case)
    machine = Machine(world)
    for n, round in enumerate(world.gold):
        for place, call in enumerate(round):
            machine.call(call.tool, call.arguments, round=n, place=place)
    came = outcome(machine, ended=True)
    if came.findings:
        return f"the shortest known way ends in {came.findings[0].message}"
    ended = played(case, agents.brain(family)).outcome
    return "" if ended.status == "pass" else f"the brain fails: {ended.findings[0].message}"


def _not_by_nothing(family: Family, case: Case, values: Values) -> str:
    idle = {"null": agents.null, "echo": agents.echo, "spam": agents.spam(values)}
    return next((f"the {name} agent passes" for name, a in idle.items() if _passes(case, a)), "")


def _not_by_luck(family: Family, case: Case, values: Values) -> str:
    lucky = _passes(case, agents.chance(values, int(case.id[:6], 16)))
    return "a random caller passes" if lucky else ""


def _binding(family: Family, case: Case, values: Values) -> str:
    passes = _passes(case, agents.ignorant(family))
    return "the agent that ignores the dimension passes" if passes else ""


def _no_leak(family: Family, case: Case, values: Values) -> str:
    return (
        "an agent without results passes" if _passes(case, agents.without_results(family)) else ""
    )


def _known_before_needed(family: Family, case: Case, values: Values) -> str:
    """Every value of the shortest way stands in what was said before it, in one piece or in words.

    A link or a label is made of words that stand there; a number has the digits of one that does
    in another unit.
    """
    world = world_of(case)
    machine = Machine(world)
    said = _shown(case, world)
    for n, round in enumerate(world.gold):
        for call in round:
            for text in _leaves(call.arguments):
                if not _stands(text, said):
                    return f"{call.tool}: {text} stands nowhere before it is needed"
        for call in round:
            said += machine.call(call.tool, call.arguments, round=n).told
    return ""


def _one_reading(family: Family, case: Case, values: Values) -> str:
    """Whatever the wording, what the user says gives the task that it was made of."""
    world = world_of(case)
    task, pieces = world.task, [Message("user", piece) for piece in world.user.pieces]

    def read(opening: Sequence[Message]) -> JsonObject | None:
        return family.read(view_of(Ask(tools=case.tools, said=(*opening, *pieces))))

    if read(case.turns[0].messages) != task:
        return "what the user says is not the task that the world was made of"
    for wording in range(family.wordings):
        if read(family.render(task, wording)) != task:
            return f"wording {wording} is read back as another task"
    return ""


def _passes(case: Case, agent: Agent) -> bool:
    return played(case, agent).outcome.status == "pass"


def _shown(case: Case, world: World) -> str:
    tools = [[tool.name, tool.description, tool.parameters] for tool in case.tools]
    said = [message.content for message in case.turns[0].messages]
    return json.dumps(tools, ensure_ascii=False) + "\n".join((*said, *world.user.pieces))


def _leaves(value: Json) -> Iterator[str]:
    match value:
        case dict():
            for item in value.values():
                yield from _leaves(item)
        case list():
            for item in value:
                yield from _leaves(item)
        case str():
            yield json.dumps(value, ensure_ascii=False)[1:-1]
        case None | bool():
            pass
        case _:
            yield json.dumps(value)


def _stands(text: str, said: str) -> bool:
    if text in said:
        return True
    if re.fullmatch(r"-?[0-9.]+", text):
        return text.replace(".", "").strip("0") in said.replace(".", "")
    words = re.findall(r"[^\W_]+", text.lower())
    return all((word.strip("0") if word.isdigit() else word) in said.lower() for word in words)


PROOFS: Sequence[Proof] = (
    Proof("solvable", "the known way and the brain, by the text alone, reach the goal", _solvable),
    Proof("not by doing nothing", "null, spam and echo agents fail", _not_by_nothing),
    Proof("not by luck", "a random caller whose calls all validate fails", _not_by_luck),
    Proof(
        "binding", "the cheapest agent that ignores the dimension fails", _binding, burdened=True
    ),
    Proof("no leak", "an agent that sees no results fails", _no_leak),
    Proof(
        "known before needed",
        "every value stands in the talk before its call",
        _known_before_needed,
    ),
    Proof("one reading", "every wording is read back as the same task", _one_reading),
)
"""The seven."""
