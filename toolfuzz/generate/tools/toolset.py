"""What a source of tools gives, once every tool has been looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from toolfuzz.core.case import Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.generate.schema.document import LONE_SURROGATE, has_surrogate
from toolfuzz.generate.schema_values import left_out, problem_of
from toolfuzz.generate.tools.reading import Deadline

__all__ = ["MOST_TOOLS", "Labels", "Skipped", "ToolSet", "refuse_many", "usable"]


MOST_TOOLS = 2_000
"""Of one source; an endpoint is offered some of them at a time."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A tool, or an optional part of one, that no value can be drawn for.

    ``pointer`` (RFC 6901) goes into the tool's parameters, or into the file when the entry isn't
    a tool at all (``tool`` is then ``#`` and its number).
    """

    tool: str
    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Labels:
    """What an OpenAPI description says of an operation beside its name."""

    path: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolSet:
    """The tools of one source. ``origin`` names it in every case (``tools:data_import.json``).

    ``place`` is where it was read from, without secrets: a file, a URL, a command. ``labels`` are
    those of its tools by name, ``not_chosen`` are the names of the tools that filters took away.
    """

    origin: str
    tools: tuple[Tool, ...]
    skipped: tuple[Skipped, ...] = ()
    place: str = ""
    labels: Mapping[str, Labels] = field(default_factory=dict)
    not_chosen: tuple[str, ...] = ()


def refuse_many(before: int, place: str) -> None:
    """Raise UsageError when there are so many tools before one that it is one too many."""
    if before >= MOST_TOOLS:
        raise UsageError(f"{place}: more than {MOST_TOOLS:,} tools", "split the source")


def usable(
    origin: str,
    tools: Iterable[Tool],
    skipped: Iterable[Skipped] = (),
    *,
    place: str,
    labels: Mapping[str, Labels] | None = None,
    deadline: Deadline | None = None,
) -> ToolSet:
    """Keep the tools that values can be drawn for and say why the others were left out.

    Raises UsageError when a name comes twice, nothing is left, or the deadline has passed.
    """
    deadline = deadline or Deadline()
    kept: list[Tool] = []
    not_called = list(skipped)
    names: set[str] = set()
    for n, tool in enumerate(tools):
        deadline.check(place)
        refuse_many(n, place)
        if has_surrogate(tool.name + (tool.description or "")):
            where = "/name" if has_surrogate(tool.name) else "/description"
            not_called.append(Skipped(f"#{n + 1}", where, LONE_SURROGATE))
            continue
        if tool.name in names:
            raise UsageError(
                f"{place}: two tools are named {tool.name!r}",
                "rename one: a call could not be told apart",
            )
        names.add(tool.name)
        problem = problem_of(tool.parameters)
        if problem is None:
            kept.append(tool)
            not_called += [
                Skipped(tool.name, p.pointer, f"left out of every call: {p.reason}")
                for p in left_out(tool.parameters)
            ]
        else:
            not_called.append(Skipped(tool.name, problem.pointer, problem.reason))
    if not kept:
        first = not_called[0]
        more = f" (and {len(not_called) - 1} more)" if len(not_called) > 1 else ""
        raise UsageError(
            f"{place}: no usable tool: {_shown(first.tool)} at {_shown(first.pointer or '/')}: "
            f"{first.reason}{more}"
        )
    return ToolSet(origin, tuple(kept), tuple(not_called), place, labels or {})


def _shown(text: str) -> str:
    """One short line of what a stranger's file says."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:200])
