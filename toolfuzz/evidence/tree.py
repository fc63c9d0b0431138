"""A case as a tree of things that could be left out, and the case that is left without them.

Schema and expected value shrink together: without a property the value loses it too, and whatever
is left must still validate, or it is no case at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from toolfuzz.core.case import Case, ExpectedCall, Json, Tool
from toolfuzz.core.jsonvalue import pointer_of
from toolfuzz.evidence.pruning import BAGS, Path, prune_schema, prune_value, schema_paths
from toolfuzz.evidence.rebuild import rebuild, scripted, spoken
from toolfuzz.judge.shapes import Place, root_place
from toolfuzz.worlds.spec import world_of

__all__ = ["CaseTree", "Node", "size"]


@dataclass(frozen=True, slots=True)
class Node:
    """Something that can be left out.

    ``part`` is ``turn``, ``tool``, ``call``, ``message``, ``description``, ``schema`` (a place in
    a tool's parameters) or ``value`` (a place in an expected call's arguments); ``index`` says
    which, calls and messages being counted over all turns.
    """

    part: str
    index: int
    path: Path = ()

    @property
    def depth(self) -> int:
        """The depth at which it hangs: whole tools and calls first, then by nesting."""
        if self.part in ("schema", "value"):
            return 1 + sum(isinstance(t, int) or t not in BAGS for t in self.path)
        return 0


class CaseTree:
    """The nodes of a case's tools and turns; implements ``reduction.Tree``.

    In a script, whose later turns follow from the results of earlier ones, no turn or call can go,
    and only the values that its words say can change; ``rebuild`` reads the others from them.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self._script = scripted(case)
        self._nodes = tuple(self._all_nodes())
        # A step mostly changes one tool or call; the others stay the very same objects.
        self._build = lru_cache(maxsize=4096)(self._built)
        self._tool = lru_cache(maxsize=1024)(self._tool_without)
        self._call = lru_cache(maxsize=1024)(self._call_without)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Everything that could be left out, whether or not it may go alone."""
        return self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def candidates(self, removed: frozenset[Node]) -> list[Node]:
        """Return what can still go; each leaves a valid case behind."""
        return [
            node
            for node in self._nodes
            if not _gone(node, removed)
            and self.valid(removed | {node})
            and self.build(removed | {node}) != self.build(removed)
        ]

    def gone(self, node: Node, removed: frozenset[Node]) -> bool:
        """Whether the node went, alone or with what it hangs under."""
        return _gone(node, removed)

    def valid(self, removed: frozenset[Node]) -> bool:
        """Whether a case is left."""
        return self.build(removed) is not None

    def build(self, removed: frozenset[Node]) -> Case | None:
        """Return the case without these nodes, None when that isn't a valid case."""
        return self._build(removed)

    def _all_nodes(self) -> Iterator[Node]:
        if not self._script:
            yield from (Node("turn", n) for n in range(len(self.case.turns) - 1))
        yield from (Node("message", n) for n in self._other_messages())
        for n, tool in enumerate(self.case.tools):
            yield Node("tool", n)
            if tool.description:
                yield Node("description", n)
            yield from (Node("schema", n, path) for path in schema_paths(tool.parameters))
        for n, call in enumerate(self.case.calls):
            if not self._script:
                yield Node("call", n)
            if not self._script or spoken(self.case, call):
                yield from (Node("value", n, path) for path in self._value_paths(call))

    def _other_messages(self) -> Iterator[int]:
        """Yield the positions of all messages but the last of each turn."""
        position = 0
        for turn in self.case.turns:
            yield from range(position, position + len(turn.messages) - 1)
            position += len(turn.messages)

    def _value_paths(self, call: ExpectedCall) -> Iterator[Path]:
        """Items of arrays and entries of maps; declared members go with their schema."""
        tool = self.case.tool(call.tool)
        schema = tool.parameters if tool else {}

        def walk(value: Json, place: Place, path: Path) -> Iterator[Path]:
            if isinstance(value, dict):
                for key, item in value.items():
                    if key not in place.properties:
                        yield (*path, key)
                    yield from walk(item, place.child(key, item), (*path, key))
            elif isinstance(value, list):
                for n, item in enumerate(value):
                    yield (*path, n)
                    yield from walk(item, place.child(n, item), (*path, n))

        yield from walk(call.arguments, root_place(schema, call.arguments), ())

    def _built(self, removed: frozenset[Node]) -> Case | None:
        indexes = {tool.name: n for n, tool in enumerate(self.case.tools)}
        tools = [
            None
            if Node("tool", n) in removed
            else self._tool(n, _of(removed, n, "description", "schema"))
            for n in range(len(self.case.tools))
        ]

        def left(n: int, call: ExpectedCall) -> ExpectedCall | None:
            if Node("call", n) in removed:
                return None
            if call.tool not in indexes:
                return call if self.case.is_recorded else None
            schema = _of(removed, indexes[call.tool], "schema")
            return self._call(n, _of(removed, n, "value") | schema)

        calls = [left(n, call) for n, call in enumerate(self.case.calls)]
        turns = [n for n in range(len(self.case.turns)) if Node("turn", n) not in removed]
        gone = frozenset(n.index for n in removed if n.part == "message")
        return rebuild(self.case, tools, calls, turns=turns, messages=gone)

    def _tool_without(self, index: int, removed: frozenset[Node]) -> Tool:
        tool = self.case.tools[index]
        paths = {n.path for n in removed if n.part == "schema"}
        description = None if Node("description", index) in removed else tool.description
        parameters = prune_schema(tool.parameters, paths) if paths else tool.parameters
        return replace(tool, description=description, parameters=parameters)

    def _call_without(self, number: int, removed: frozenset[Node]) -> ExpectedCall:
        call = self.case.calls[number]
        tool = self.case.tool(call.tool)
        cut_values = {n.path for n in removed if n.part == "value"}
        cut_schemas = {pointer_of(list(n.path)) for n in removed if n.part == "schema"}
        if tool is None or not removed:
            return call
        place = root_place(tool.parameters, call.arguments)
        return ExpectedCall(
            call.tool, prune_value(call.arguments, place, (), cut_values, cut_schemas)
        )


def _of(removed: frozenset[Node], index: int, *parts: str) -> frozenset[Node]:
    return frozenset(n for n in removed if n.index == index and n.part in parts)


def size(case: Case) -> int:
    """Return how many things a case holds that could be left out.

    Of a world these are its tools, its records, its rules and the calls of its shortest way.
    """
    if case.world is not None:
        world = world_of(case)
        records = sum(map(len, world.records.values()))
        calls = sum(map(len, world.gold)) + len(world.user.pieces)
        return len(case.tools) + records + len(world.rules) + calls
    return len(CaseTree(case))


def _gone(node: Node, removed: frozenset[Node]) -> bool:
    if node in removed:
        return True
    if node.part == "schema" and Node("tool", node.index) in removed:
        return True
    if node.part == "description" and Node("tool", node.index) in removed:
        return True
    if node.part == "value" and Node("call", node.index) in removed:
        return True
    return any(
        n.part == node.part and n.index == node.index and node.path[: len(n.path)] == n.path
        for n in removed
        if n.path
    )
