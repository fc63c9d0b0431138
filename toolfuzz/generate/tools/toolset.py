"""What a source of tools gives, once every tool has been looked at."""

from collections.abc import Iterable
from dataclasses import dataclass

from toolfuzz.core.case import Tool
from toolfuzz.core.errors import UsageError

__all__ = ["Skipped", "ToolSet", "usable"]


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
class ToolSet:
    """The tools of one source. ``origin`` names it in every case (``tools:data_import.json``)."""

    origin: str
    tools: tuple[Tool, ...]
    skipped: tuple[Skipped, ...] = ()


def usable(
    origin: str, tools: Iterable[Tool], skipped: Iterable[Skipped] = (), *, place: str
) -> ToolSet:
    """Keep the tools that values can be drawn for and say why the others were left out.

    Raises UsageError when a name comes twice or nothing is left.
    """
    from toolfuzz.generate.schema_values import check_tool, dead_members

    kept: list[Tool] = []
    left_out = list(skipped)
    names: set[str] = set()
    for tool in tools:
        if tool.name in names:
            raise UsageError(
                f"{place}: two tools are named {tool.name!r}",
                "rename one: a call could not be told apart",
            )
        names.add(tool.name)
        problem = check_tool(tool)
        if problem is None:
            kept.append(tool)
            left_out += dead_members(tool)
        else:
            left_out.append(problem)
    if not kept:
        first = left_out[0]
        more = f" (and {len(left_out) - 1} more)" if len(left_out) > 1 else ""
        raise UsageError(
            f"{place}: no usable tool: {first.tool} at {first.pointer or '/'}: {first.reason}{more}"
        )
    return ToolSet(origin, tuple(kept), tuple(left_out))
