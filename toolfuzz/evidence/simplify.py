"""Making what is left of a case plainer: shorter strings, small numbers, short names.

Each tree below is one for ``reduce.reduce_tree``; "removing" a node means making one thing plain.
"""

import string
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from toolfuzz.core.case import Case, ExpectedCall, Json, JsonObject, Tool, Turn
from toolfuzz.core.jsonvalue import same
from toolfuzz.evidence.pruning import Path
from toolfuzz.evidence.rebuild import rebuild, scripted
from toolfuzz.generate import prompts, rename

__all__ = ["CharacterTree", "PlainTree", "leaves", "long_strings", "replaced"]

# Unlike the short names of parameters, so that nobody takes one for the other.
PLAIN = "x"
_RESULT = '{"status": "done"}'


@dataclass(frozen=True, slots=True)
class _Plain:
    """One thing to make plain: ``kind`` of the change, and where."""

    kind: str
    index: int = 0
    path: Path = ()


class _OneLevel:
    """A tree without depth over a list of changes."""

    def __init__(self, nodes: Sequence[Hashable], build: Callable[[frozenset[Any]], Case | None]):
        self.nodes = list(nodes)
        self.build = lru_cache(maxsize=1024)(build)

    def candidates(self, removed: frozenset[Any]) -> list[Any]:
        """Return the changes that still make a difference and leave a valid case."""
        now = self.build(removed)
        changed = ((n, self.build(removed | {n})) for n in self.nodes if n not in removed)
        return [n for n, case in changed if case is not None and case != now]

    def gone(self, node: Any, removed: frozenset[Any]) -> bool:
        """Whether this was made plain."""
        return node in removed

    def valid(self, removed: frozenset[Any]) -> bool:
        """Whether the changes together leave a valid case."""
        return self.build(removed) is not None


class PlainTree(_OneLevel):
    """Everything about a case that could be said more plainly."""

    def __init__(self, case: Case) -> None:
        self.case = case
        super().__init__(list(_plain_nodes(case)), self._apply)

    def _apply(self, changes: frozenset[_Plain]) -> Case | None:
        case = self.case
        tools, calls = list(case.tools), list(case.calls)
        kinds = {c.kind for c in changes}
        for change in changes:
            if change.kind in ("string", "number"):
                call = calls[change.index]
                plain: Json = PLAIN if change.kind == "string" else 1
                arguments = replaced(call.arguments, change.path, plain)
                calls[change.index] = ExpectedCall(call.tool, arguments)
            elif change.kind == "strict":
                tools[change.index] = replace(tools[change.index], strict=False)
            elif change.kind == "enum":
                tool = tools[change.index]
                parameters = _shrunk_enum(tool.parameters, change.path, calls)
                tools[change.index] = replace(tool, parameters=parameters)
        if kinds & {"names", "members", "tools"}:
            try:
                tools, calls = _short_names(tools, calls, kinds)
            except ValueError:
                return None
        asked = _repeated(case, calls) if "repeat" in kinds else calls
        plainer = rebuild(case, tools, asked, probe="echo" if "probe" in kinds else None)
        if plainer is not None and "choice" in kinds:
            plainer = plainer.map_turns(_with_free_choice)
        if plainer is not None and "offer" in kinds:
            plainer = plainer.map_turns(lambda t: replace(t, tools=None))
        if plainer is not None and "results" in kinds:
            plainer = None if scripted(plainer) else plainer.map_turns(_with_plain_results)
        return plainer


class CharacterTree(_OneLevel):
    """The characters of one expected string."""

    def __init__(self, case: Case, call: int, path: Path) -> None:
        self.case, self._call, self._path = case, call, path
        text = _at(case.calls[call].arguments, path)
        self._text = str(text)
        super().__init__(range(len(self._text)), self._apply)

    def _apply(self, cut: frozenset[int]) -> Case | None:
        text = "".join(c for n, c in enumerate(self._text) if n not in cut)
        calls = list(self.case.calls)
        old = calls[self._call]
        calls[self._call] = ExpectedCall(old.tool, replaced(old.arguments, self._path, text))
        return rebuild(self.case, self.case.tools, calls)


def long_strings(case: Case) -> Iterator[tuple[int, Path]]:
    """Return where a case expects strings that are worth shortening, call by call."""
    for n, call in enumerate(case.calls):
        for path, value in leaves(call.arguments):
            if isinstance(value, str) and len(value) > 1:
                yield n, path


def _plain_nodes(case: Case) -> Iterator[_Plain]:
    unknown = case.at(-1).expect.kind == "unknown"
    if not unknown and (case.probe not in ("echo", "abstain") or any(map(_tempts, case.turns))):
        yield _Plain("probe")
    if any(turn != _with_free_choice(turn) for turn in case.turns):
        yield _Plain("choice")
    if any(turn.tools is not None for turn in case.turns):
        yield _Plain("offer")
    if not scripted(case) and case.at(-1).expect.calls and len(case.turns) > 1:
        yield _Plain("repeat")
    if any(turn != _with_plain_results(turn) for turn in case.turns):
        yield _Plain("results")
    if not scripted(case):
        yield from (_Plain("names"), _Plain("members"), _Plain("tools"))
    for n, tool in enumerate(case.tools):
        if tool.strict:
            yield _Plain("strict", n)
        for path in _enums(tool.parameters):
            yield _Plain("enum", n, path)
    for n, call in enumerate(case.calls):
        for path, value in leaves(call.arguments):
            if isinstance(value, str) and value != PLAIN:
                yield _Plain("string", n, path)
            elif isinstance(value, int | float) and not isinstance(value, bool) and value != 1:
                yield _Plain("number", n, path)


def _repeated(case: Case, calls: Sequence[ExpectedCall]) -> list[ExpectedCall | None]:
    """Let each turn that calls anything make one call, the very one of the last turn."""
    last = calls[-len(case.at(-1).expect.calls)]
    repeated: list[ExpectedCall | None] = []
    for turn in case.turns[:-1]:
        repeated += [last, *([None] * len(turn.expect.calls))][: len(turn.expect.calls)]
    return [*repeated, *calls[len(repeated) :]]


def _tempts(turn: Turn) -> bool:
    """Whether no call is right only because the request forbids it."""
    told = bool(turn.messages) and turn.messages[-1].content in prompts.ABSTAIN_TEXTS
    return turn.expect.kind == "no_call" and not told


def _with_free_choice(turn: Turn) -> Turn:
    if _tempts(turn):
        return turn
    return replace(turn, tool_choice="auto", parallel=None, allowed=())


def _with_plain_results(turn: Turn) -> Turn:
    results = tuple(_RESULT for _ in turn.results)
    return replace(turn, results=results, results_as="text", order=())


def leaves(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Return all that has nothing inside, and where: scalars, and what is empty."""
    if not value:
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from leaves(item, (*path, n))
    else:
        yield path, value


def _at(value: Json, path: Path) -> Json:
    for token in path:
        value = value[token]
    return value


def replaced(value: Any, path: Path, new: Json) -> Any:
    """Return the value with another one at the path."""
    if not path:
        return new
    head, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {k: replaced(v, rest, new) if k == head else v for k, v in value.items()}
    return [replaced(v, rest, new) if n == head else v for n, v in enumerate(value)]


def _enums(schema: Json, path: Path = ()) -> Iterator[Path]:
    if isinstance(schema, dict):
        members = schema.get("enum")
        if isinstance(members, list) and len(members) > 1:
            yield (*path, "enum")
        for key, inner in schema.items():
            yield from _enums(inner, (*path, key))
    elif isinstance(schema, list):
        for n, inner in enumerate(schema):
            yield from _enums(inner, (*path, n))


def _shrunk_enum(schema: JsonObject, path: Path, calls: Sequence[ExpectedCall]) -> JsonObject:
    """Keep the members that some call uses, and the first other one as the wrong choice."""
    used = [v for call in calls for _, v in leaves(call.arguments)]
    members = _at(schema, path)
    kept = [m for m in members if any(same(m, u) for u in used)]
    others = [m for m in members if m not in kept]
    shrunk: JsonObject = replaced(schema, path, kept + others[:1])
    return shrunk


def _short_names(
    tools: Sequence[Tool], calls: Sequence[ExpectedCall], kinds: Collection[str]
) -> tuple[list[Tool], list[ExpectedCall]]:
    """Call the tools f, g, … (``tools``), these and their parameters a, b, … (``names``), or what
    lies further down in the parameters (``members``).

    Raises ValueError where a new name is taken.
    """
    letters = iter(string.ascii_lowercase[5:])
    renamed: dict[str, tuple[Tool, dict[str, str]]] = {}
    for tool in tools:
        names = _letters(tool.parameters, kinds)
        renamed[tool.name] = (
            replace(
                tool,
                name=next(letters, tool.name) if {"names", "tools"} & set(kinds) else tool.name,
                parameters=rename.renamed(tool.parameters, names) if names else tool.parameters,
            ),
            names,
        )
    schemas = {tool.name: tool.parameters for tool in tools}
    asked = []
    for call in calls:
        if call.tool not in renamed:  # a recorded call of what is not on offer
            asked.append(call)
            continue
        tool, names = renamed[call.tool]
        arguments = call.arguments
        if names:
            arguments = rename.renamed_value(arguments, schemas[call.tool], names)
        asked.append(ExpectedCall(tool.name, arguments))
    return [tool for tool, _ in renamed.values()], asked


def _letters(schema: JsonObject, kinds: Collection[str]) -> dict[str, str]:
    """Return a new name for every declared property; those that are not to change keep theirs."""
    neutral = rename.neutral_names(schema)
    if len(neutral) <= len(string.ascii_lowercase):
        neutral = dict(zip(neutral, string.ascii_lowercase, strict=False))
    top = schema.get("properties", {})
    return {
        name: new if ("names" if name in top else "members") in kinds else name
        for name, new in neutral.items()
    }
