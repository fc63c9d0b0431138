"""The user's own tools: which of them fail, and where they came from."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from toolfuzz.analyze.ranking import least_failing, tone
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.report.words import count, percent, unsure

__all__ = [
    "TOOLS_SHOWN",
    "defects_of",
    "failing_tools",
    "left_out",
    "rest_of_tools",
    "sources",
    "tool_tables",
]

TOOLS_SHOWN = 10
"""Of a target, on a terminal and in Markdown; the other reports and summary.json have them all."""
_DEFECTS_NAMED = 3
_STYLES = {"few": "dim", "red": "red", "yellow": "yellow", "plain": ""}


def failing_tools(target: JsonObject) -> list[tuple[str, JsonObject]]:
    """Return a target's tools with failures, the weakest first."""
    return [(name, entry) for name, entry in target["tools"].items() if entry["failed"]]


def rest_of_tools(target: JsonObject) -> str:
    """Say in a line how the tools did that are in no table; empty where all are."""
    failing, tools = failing_tools(target), target["tools"].values()
    said = []
    if len(failing) > TOOLS_SHOWN:
        said.append(f"{len(failing) - TOOLS_SHOWN} more with failures")
    if right := sum(one["judged"] > 0 and not one["failed"] for one in tools):
        said.append(f"{right} of {count(len(tools), 'tool')} without a failure")
    if lost := sum(not one["judged"] and one["unjudged"] > 0 for one in tools):
        said.append(f"{lost} not judged")
    if unasked := sum(not one["judged"] and not one["unjudged"] for one in tools):
        # Own questions are about the tools that they name, however many cases there are.
        own = set(target["probes"]) == {"prompts"}
        said.append(f"{unasked} not asked about{'' if own else ' (more --cases ask about all)'}")
    return ", ".join(said)


def defects_of(entry: JsonObject) -> str:
    """Return the defects of a tool's failed replies, the commonest first."""
    found = entry["defects"]
    named = [f"{slug} ({times})" for slug, times in list(found.items())[:_DEFECTS_NAMED]]
    more = [f"and {len(found) - _DEFECTS_NAMED} more"] if len(found) > _DEFECTS_NAMED else []
    return ", ".join([*named, *more])


def tool_tables(targets: Sequence[JsonObject]) -> list[RenderableType]:
    """Return the tools that fail, a table for all targets, and a line for the others of each."""
    own = [target for target in targets if target["tools"]]
    if not own:
        return []
    several = len(targets) > 1
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    if several:
        table.add_column("target", no_wrap=True, overflow="ellipsis", max_width=24)
    table.add_column("failing tool", no_wrap=True, overflow="ellipsis", max_width=36)
    table.add_column("calls", justify="right", no_wrap=True)
    table.add_column("success", justify="right", no_wrap=True)
    table.add_column("95% interval", no_wrap=True)
    table.add_column("defects", overflow="fold")
    lines = []
    for target in own:
        label = [printable(target["target"])] if several else []
        for name, entry in failing_tools(target)[:TOOLS_SHOWN]:
            style = _STYLES[tone(least_failing(entry), entry["judged"])]
            table.add_row(
                *map(Text, label),
                Text(printable(name)),
                str(entry["judged"]),
                Text(unsure(percent(entry["rate"]), entry["judged"]), style=style),
                f"{100 * entry['low']:5.1f} – {100 * entry['high']:.1f}",
                Text(printable(defects_of(entry))),
            )
        if rest := rest_of_tools(target):
            lines.append(": ".join([*label, rest]))
    parts: list[RenderableType] = [Text()]
    if table.row_count:
        parts.append(table)
    return [*parts, *(Text(line, style="dim") for line in lines)]


def left_out(skip: JsonObject) -> str:
    """Say what of a tool was left out: all of it, or a part of its calls."""
    reason = skip["reason"]
    why = reason if reason.startswith("left out") else f"left out: {reason}"
    return f"{skip['tool']} at {skip['pointer'] or '/'}: {why}"


def sources(summary: JsonObject) -> Iterator[str]:
    """Say of each source of tools what was loaded from it, and what was not."""
    left_out: dict[str, set[str]] = {}
    for skip in summary.get("skipped", ()):
        if skip.get("source"):
            left_out.setdefault(skip["source"], set()).add(skip["tool"])
    for one in summary.get("sources", ()):
        said = [f"{count(len(one['tools']), 'tool')} of {one['place']}"]
        if out := left_out.get(one["source"], set()) - set(one["tools"]):
            said.append(f"{len(out)} left out")
        if one["not_chosen"]:
            said.append(f"{one['not_chosen']} not chosen")
        yield ", ".join(said)
