"""A case as a tree of things that could be left out, and the case that is left without them.

Schema and expected value shrink together: without a property the value loses it too, and whatever
is left must still validate, or it is no case at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from toolfuzz.core.case import Case, ExpectedCall, Json, Message, Tool, Turn
from toolfuzz.core.jsonvalue import pointer_of
from toolfuzz.core.validation import fits
from toolfuzz.evidence.pruning import BAGS, Path, prune_schema, prune_value, schema_paths
from toolfuzz.generate import prompts
from toolfuzz.judge.shapes import Place, root_place

__all__ = ["CaseTree", "Node", "rebuild", "size"]


@dataclass(frozen=True, slots=True)
class Node:
    """Something that can be left out.

    ``part`` is ``tool``, ``call``, ``message``, ``description``, ``schema`` (a place in a tool's
    parameters) or ``value`` (a place in an expected call's arguments); ``index`` says which.
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
    """The nodes of a case's tools and of its last turn; implements ``reduce.Tree``.

    The turns before stay as they are.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self._turn = case.at(-1)
        self._nodes = tuple(self._all_nodes())
        self._build = lru_cache(maxsize=4096)(self._built)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Everything that could be left out, whether or not it may go alone."""
        return self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def levels(self) -> int:
        """Return the number of depths."""
        return 1 + max((n.depth for n in self._nodes), default=0)

    def candidates(self, depth: int, removed: frozenset[Node]) -> list[Node]:
        """Return what can still go at that depth; each leaves a valid case behind."""
        return [
            node
            for node in self._nodes
            if node.depth == depth
            and not _gone(node, removed)
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
        for n in range(len(self._turn.messages) - 1):
            yield Node("message", n)
        for n, tool in enumerate(self.case.tools):
            yield Node("tool", n)
            if tool.description:
                yield Node("description", n)
            yield from (Node("schema", n, path) for path in schema_paths(tool.parameters))
        for n, call in enumerate(self._turn.expect.calls):
            yield Node("call", n)
            yield from (Node("value", n, path) for path in self._value_paths(call))

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
        tools: list[Tool] = []
        originals: dict[str, tuple[int, Tool]] = {}
        for n, tool in enumerate(self.case.tools):
            originals[tool.name] = (n, tool)
            if Node("tool", n) not in removed:
                tools.append(_without(tool, n, removed))
        calls = []
        for n, call in enumerate(self._turn.expect.calls):
            if Node("call", n) in removed or call.tool not in originals:
                continue
            index, tool = originals[call.tool]
            cut_values = {x.path for x in removed if x.part == "value" and x.index == n}
            cut_schemas = {
                pointer_of(list(x.path)) for x in removed if x.part == "schema" and x.index == index
            }
            place = root_place(tool.parameters, call.arguments)
            arguments = prune_value(call.arguments, place, (), cut_values, cut_schemas)
            calls.append(ExpectedCall(call.tool, arguments))
        messages = [
            m for n, m in enumerate(self._turn.messages[:-1]) if Node("message", n) not in removed
        ]
        return rebuild(self.case, tools, calls, messages)


def rebuild(
    case: Case,
    tools: Sequence[Tool],
    calls: Sequence[ExpectedCall],
    messages: Sequence[Message] | None = None,
    *,
    probe: str | None = None,
) -> Case | None:
    """Return a case that asks for these calls in the same probe's words, None if it can't be.

    Every call must name an offered tool and validate against it. Where the probe has no words
    for what is left (one call of a batch), the plainest probe that has is taken.
    """
    turn = case.at(-1)
    offered = {tool.name: tool for tool in tools}
    if turn.expect.kind == "calls" and not calls:
        return None
    if not tools:
        return None
    for call in calls:
        tool = offered.get(call.tool)
        if tool is None or not fits(tool.parameters, call.arguments):
            return None
    same = list(tools) == list(case.tools) and list(calls) == list(turn.expect.calls)
    before = turn.messages[:-1] if messages is None else messages
    if same and probe is None:
        final: tuple[Message, ...] = turn.messages[-1:]
        name = case.probe
    else:
        name = _probe_for(probe or case.probe, tools, calls)
        try:
            final = prompts.render(name, tools, calls)
        except (KeyError, ValueError):
            return None
    new_turn: Turn = replace(
        turn,
        messages=(*before, *final),
        expect=replace(turn.expect, calls=tuple(calls)),
        tool_choice=_choice(turn.tool_choice, offered),
    )
    return Case(case.origin, name, case.features, tuple(tools), (*case.turns[:-1], new_turn))


def size(case: Case) -> int:
    """Return how many things a case holds that could be left out."""
    return len(CaseTree(case))


def _probe_for(probe: str, tools: Sequence[Tool], calls: Sequence[ExpectedCall]) -> str:
    if not calls:
        return "abstain"
    if len(calls) > 1:
        return "batch"
    if probe in ("echo", "describe") or (
        probe == "choose" and prompts.can_choose(calls[0].tool, tools)
    ):
        return probe
    return "echo"


def _choice(choice: str, offered: dict[str, Tool]) -> str:
    forced = choice.removeprefix("tool:")
    return "auto" if choice.startswith("tool:") and forced not in offered else choice


def _without(tool: Tool, index: int, removed: frozenset[Node]) -> Tool:
    paths = {n.path for n in removed if n.part == "schema" and n.index == index}
    description = "" if Node("description", index) in removed else tool.description
    parameters = prune_schema(tool.parameters, paths) if paths else tool.parameters
    return replace(tool, description=description, parameters=parameters)


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
