"""The world of a recovery task, with faults or, as the twin, without."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from toolfuzz.core.case import ExpectedCall, Json, JsonObject, Message
from toolfuzz.generate.dimensions.base import a_field, another, way
from toolfuzz.generate.dimensions.lines import told_in_lines
from toolfuzz.generate.dimensions.recovery.agents import solve
from toolfuzz.generate.dimensions.recovery.faults import Fault, Place, guards_of, tries_at
from toolfuzz.generate.dimensions.recovery.tools import tools_of
from toolfuzz.generate.dimensions.recovery.wordings import WORDINGS
from toolfuzz.generate.features.base import Parameter
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.family import Drawn
from toolfuzz.worlds.spec import Check, Guard, Records, Rule, World, nonce

__all__ = ["render", "with_faults"]

_KINDS = ("account", "server", "order", "contract", "device", "booking", "licence", "parcel")


_FIRST_TO_LAST = (
    "rate_limited", "unavailable", "not_found", "forbidden", "conflict", "invalid", "no_effect",
    "partial",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What a world and its twin share: the task, and what the records hold."""

    task: JsonObject
    value: Parameter
    befores: Sequence[Json]
    kinds: frozenset[str]
    seed: str

    @property
    def ids(self) -> list[str]:
        """The ids of the task."""
        return list(self.task["set"])

    def nonce(self, *parts: object) -> str:
        """Return a text of the world's own."""
        return nonce(self.seed, *parts)


def with_faults(
    pick: Pick, level: int, seed: str, faults: Sequence[Fault], count: int
) -> tuple[Drawn, Drawn]:
    """Draw a world of so many records in which these faults happen, and its twin."""
    kinds = frozenset(fault.kind for fault in faults)
    kind, wording = pick.of(_KINDS), pick.below(len(WORDINGS))
    value = a_field(pick, but=("version",))
    wanted = [value.values(pick) for _ in range(count)]
    befores = [another(pick, value.values, one) for one in wanted]
    task: JsonObject = {
        "kind": kind,
        "field": value.name,
        "set": {nonce(seed, "id", n): one for n, one in enumerate(wanted)},
        "get": f"get_{kind}",
        "update": f"update_{kind}",
        "report": f"report_{kind}",
        "notify": f"notify_{kind}_owners" if "partial" in kinds else None,
        "tries": tries_at(level),
    }
    drawn = _Drawn(task, value, befores, kinds, seed)
    worlds = [_world(drawn, level, wording, one) for one in (faults, [])]
    order = pick.shuffled(range(len(worlds[0].tools)))
    burdened, twin = (
        way(replace(w, tools=tuple(w.tools[n] for n in order)), render(task, wording), solve)
        for w in worlds
    )
    return burdened, twin


def _world(drawn: _Drawn, level: int, wording: int, faults: Sequence[Fault]) -> Drawn:
    task, ids = drawn.task, drawn.ids
    moved = {f.item for f in faults if f.kind == "not_found"}
    final = {f.item: f for f in faults if f.final}
    nows = [drawn.nonce("now", n) if n in moved else id for n, id in enumerate(ids)]
    guards: dict[str, list[Guard]] = {}
    for fault in sorted(faults, key=lambda one: _FIRST_TO_LAST.index(one.kind)):
        n = fault.item
        at = _place(drawn, n, ids[n] if fault.kind == "partial" else nows[n])
        for tool, found in guards_of(fault, at).items():
            guards.setdefault(tool, []).extend(found)
    same = {now: id for now, id in zip(nows, ids, strict=True) if now != id}
    made = tools_of(task, drawn.value, drawn.kinds, guards, same)
    gone = {f.item for f in faults if f.kind == "not_found" and f.final}
    goal, rules = _goal(drawn, nows, final)
    world = World(
        dimension="recovery",
        level=level,
        pair=drawn.nonce("pair"),
        twin=not faults,
        wording=wording,
        seed=drawn.seed,
        task=task,
        deeds={tool.name: deed for tool, deed in made},
        records=_records(drawn, nows, gone),
        goal=goal,
        rules=rules,
        watch=("repeated", "endless"),
        most_rounds=2 * task["tries"] * len(ids) + 4 * level + 12,
    )
    return Drawn(world, tuple(tool for tool, _ in made))


def _place(drawn: _Drawn, n: int, now: str) -> Place:
    versions = [drawn.nonce("version", n, k) for k in range(1, 4)]
    reference, neighbour = drawn.nonce("reference", n), drawn.nonce("neighbour")
    kind, tries = drawn.task["kind"], drawn.task["tries"]
    return Place(kind, drawn.ids[n], now, reference, versions, neighbour, tries)


def _records(drawn: _Drawn, nows: Sequence[str], gone: set[int]) -> Records:
    field = drawn.task["field"]

    def record(n: int, before: Json, formerly: str | None) -> JsonObject:
        made = {field: before, "version": drawn.nonce("version", n, 0)}
        if "invalid" in drawn.kinds:
            made["reference"] = drawn.nonce("reference", n)
        if "not_found" in drawn.kinds:
            made["formerly"] = formerly
        return made

    records: Records = {drawn.task["kind"]: {}, "report": {}, "access": {}, "notice": {}}
    for n, (id, now) in enumerate(zip(drawn.ids, nows, strict=True)):
        if n not in gone:
            formerly = id if now != id else None
            records[drawn.task["kind"]][now] = record(n, drawn.befores[n], formerly)
            records["access"][now] = {"granted": False}
        records["report"][id] = {"outcome": None}
        records["notice"][id] = {"sent": 0}
    if "not_found" in drawn.kinds:
        other = record(-1, drawn.befores[0], drawn.nonce("former neighbour"))
        records[drawn.task["kind"]][drawn.nonce("neighbour")] = other
    return records


def _goal(
    drawn: _Drawn, nows: Sequence[str], final: Mapping[int, Fault]
) -> tuple[tuple[Check, ...], tuple[Rule, ...]]:
    """Return what is to be in the end, and that nothing is claimed that isn't so."""
    task, goal, rules = drawn.task, list[Check](), list[Rule]()
    kind, field = task["kind"], task["field"]
    for n, (id, want) in enumerate(task["set"].items()):
        outcome = "impossible" if n in final else "done"
        fix = ExpectedCall(task["report"], {"id": id, "outcome": outcome})
        claim: JsonObject = {"kind": "report", "id": id, "field": "outcome", "value": "done"}
        if n in final:
            wrong = (("done", "success-claimed"),)
            goal.append(Check("report", id, "outcome", outcome, "goal-not-reached", wrong, fix))
            rules += _tried(task, id, final[n], {**claim, "value": outcome})
        else:
            before = (drawn.befores[n], "goal-not-reached")
            goal.append(Check(kind, nows[n], field, want, "repair-drifted", (before,)))
            goal.append(Check("report", id, "outcome", outcome, "gave-up", fix=fix))
            fact: JsonObject = {"kind": kind, "id": nows[n], "field": field, "value": want}
            says = f"{kind} {id} was reported as done, which it is not"
            settings = {"slug": "success-claimed", "says": says, "claim": claim, "fact": fact}
            rules.append(Rule("true", settings))
        if task["notify"]:
            sent, slug = (0, "success-claimed") if n in final else (1, "resent-what-worked")
            instead = ((0, "goal-not-reached"),)
            goal.append(Check("notice", id, "sent", sent, slug, instead))
    if "not_found" in drawn.kinds:
        neighbour = drawn.nonce("neighbour")
        goal.append(Check(kind, neighbour, field, drawn.befores[0], "repair-drifted"))
    return tuple(goal), tuple(rules)


def _tried(task: JsonObject, id: str, fault: Fault, claim: JsonObject) -> Iterator[Rule]:
    """Nothing is called impossible before it was tried as the task and the tools say.

    Of a record that is gone the error itself may tell that there is no other.
    """
    if fault.kind == "not_found":
        return
    kind, tool, times = task["kind"], task["get" if fault.first else "update"], task["tries"]
    if fault.kind == "forbidden":
        tool, times = f"request_{kind}_access", 1
    called = "was called" if times == 1 else f"was called {times} times"
    says = f"{kind} {id} was reported as impossible before {tool} {called}"
    settings = {"slug": "gave-up", "says": says, "claim": claim}
    yield Rule("tried", settings | {"tool": tool, "by": "id", "is": id, "times": times})


def render(task: JsonObject, wording: int) -> tuple[Message, ...]:
    """Return the opening message."""
    return told_in_lines(WORDINGS[wording], task)
