"""Questions of the user's own: what is said, and the calls that are right.

A file has a JSON object a line (https://jsonlines.org): ``prompt`` and ``tool`` with its
``arguments``, or ``calls``, a list of ``{"name": …, "arguments": {…}}``, or ``"no_call": true``.
Where the arguments are left out, any that the tool's schema allows are right.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from toolfuzz.core.case import (
    Case,
    Expectation,
    ExpectedCall,
    Json,
    JsonObject,
    Message,
    Tool,
    Turn,
)
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.generate.cases import OFFERED, Offered, neighbours
from toolfuzz.generate.schema.document import has_surrogate
from toolfuzz.generate.schema_values import first_error
from toolfuzz.generate.spot import spot
from toolfuzz.generate.tools.reading import parse_json, read_bytes
from toolfuzz.generate.tools.toolset import ToolSet

__all__ = ["MOST_QUESTIONS", "OWN", "read_questions"]

MOST_QUESTIONS = 10_000
"""Of all files together."""
OWN = "prompts"
"""What stands in the place of a probe."""
_KEYS = ("prompt", "tool", "arguments", "calls", "no_call")


def read_questions(
    paths: Sequence[str], sets: Sequence[ToolSet], offered: Offered = OFFERED
) -> list[Case]:
    """Read the questions of files in their order; the same question counts once.

    All tools of all sets are on offer, or a call's neighbours where they are more than ``offered``.
    What asks for a tool that filters took away is left out. Raises UsageError that names the line.
    """
    tools = _Tools(sets, offered)
    cases: dict[str, Case] = {}
    for path in paths:
        for place, line in _lines(Path(path)):
            if len(cases) == MOST_QUESTIONS:
                raise UsageError(f"{place}: more than {MOST_QUESTIONS:,} questions", "ask fewer")
            case = _case(_object(line, place), tools, place)
            if case is not None:
                cases.setdefault(case.id, case)
    if not cases:
        raise UsageError(
            f"{', '.join(paths)}: no question about the tools that are used",
            'a line is {"prompt": "…", "tool": "NAME", "arguments": {…}}',
        )
    return list(cases.values())


class _Tools:
    """The tools that questions may be about."""

    def __init__(self, sets: Sequence[ToolSet], offered: Offered) -> None:
        self.all = tuple(tool for one in sets for tool in one.tools)
        self.by_name = {tool.name: tool for tool in self.all}
        self.origins = {tool.name: one.origin for one in sets for tool in one.tools}
        self.not_chosen = {name for one in sets for name in one.not_chosen} - self.by_name.keys()
        self.most = len(self.all) if offered == "all" else offered
        if not self.all:
            raise UsageError("--prompts are about tools of your own", "name some: --tools FILE")
        if len(self.by_name) < len(self.all):
            names = [tool.name for tool in self.all]
            twice = next(name for name in names if names.count(name) > 1)
            raise UsageError(
                f"two sources have a tool {twice!r}, so --prompts can't say which is meant",
                "leave one source out, or rename one",
            )

    def beside(self, calls: Sequence[ExpectedCall]) -> tuple[Tool, ...]:
        """Return what is offered with the tools of these calls."""
        called = list(dict.fromkeys(call.tool for call in calls))
        at = [tool.name for tool in self.all].index(called[0]) if called else 0
        offered = neighbours(self.all, at, self.most)
        there = {tool.name for tool in offered}
        return (*offered, *(self.by_name[name] for name in called if name not in there))


def _lines(path: Path) -> Iterator[tuple[str, bytes]]:
    for number, line in enumerate(read_bytes(path).split(b"\n"), 1):
        if line.strip():
            yield f"{path}, line {number}", line


def _object(line: bytes, place: str) -> JsonObject:
    found = parse_json(line, place)
    if not isinstance(found, dict):
        raise UsageError(f"{place}: a question is an object, this is {a_kind(found)}")
    for key in found:
        if key not in _KEYS:
            near = did_you_mean(key, _KEYS) or f"known are {', '.join(_KEYS)}"
            raise UsageError(f"{place}: unknown key {key[:50]!r}", near)
    return found


def _case(line: JsonObject, tools: _Tools, place: str) -> Case | None:
    """Return the question of a line; None where it is about a tool that isn't used."""
    prompt = line.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise UsageError(f"{place}: `prompt` must be a text", None)
    if has_surrogate(prompt):
        raise UsageError(f"{place}: `prompt` holds half of a surrogate pair", "no request can")
    given = list(_given(line, place))
    exact = [arguments is not None for _, arguments in given]
    if len(set(exact)) > 1:
        raise UsageError(f"{place}: give the `arguments` of all its calls, or of none", None)
    calls = []
    for name, arguments in given:
        if name in tools.not_chosen:
            return None
        calls.append(_checked(name, arguments, tools, place))
    expect = Expectation("no_call")
    if calls:
        expect = Expectation("calls", tuple(calls), compare="exact" if all(exact) else "schema")
    offered = tools.beside(calls)
    turns = (Turn((Message("user", prompt),), expect),)
    origin = tools.origins[calls[0].tool if calls else tools.all[0].name]
    return Case(origin, OWN, spot(offered, calls, turns), offered, turns)


def _given(line: JsonObject, place: str) -> Iterator[tuple[str, JsonObject | None]]:
    """Yield the names of the tools to be called, each with its arguments, where they are known."""
    ways = [key for key in ("tool", "calls", "no_call") if key in line]
    if len(ways) != 1:
        said = f"has {' and '.join(ways)}" if ways else "says no right answer"
        raise UsageError(f"{place}: {said}", "give one of `tool`, `calls`, `no_call`")
    if ways == ["no_call"]:
        if line["no_call"] is not True:
            raise UsageError(f"{place}: `no_call` can only be true", None)
        return
    calls = line["calls"] if ways == ["calls"] else [{**line, "name": line["tool"]}]
    if not isinstance(calls, list) or not calls:
        raise UsageError(f"{place}: `calls` must be a list of calls", "or `no_call`: true")
    for call in calls:
        yield _call(call, place)


def _call(call: Json, place: str) -> tuple[str, JsonObject | None]:
    match call:
        case {"name": str(name), "arguments": dict(arguments)}:
            return name, arguments
        case {"name": str(name)} if "arguments" not in call:
            return name, None
    raise UsageError(f"{place}: a call names its tool, and its arguments are an object", None)


def _checked(name: str, arguments: JsonObject | None, tools: _Tools, place: str) -> ExpectedCall:
    tool = tools.by_name.get(name)
    if tool is None:
        near = (
            did_you_mean(name, tools.by_name) or f"there are {', '.join(list(tools.by_name)[:5])}"
        )
        raise UsageError(f"{place}: no tool is named {name[:100]!r}", near)
    if arguments is None:
        return ExpectedCall(name, {})
    if problem := first_error(tool.parameters, arguments):
        raise UsageError(
            f"{place}: these arguments of {name} break its schema: {problem[:200]}",
            "only what a model may send can be asked for",
        )
    return ExpectedCall(name, arguments)
