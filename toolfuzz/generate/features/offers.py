"""How many tools are on offer: one to three by default, ten, or sixty."""

from collections.abc import Sequence

from toolfuzz.core.case import Tool
from toolfuzz.generate.features.base import (
    SCALARS,
    Draft,
    Feature,
    Parameter,
    Values,
    object_schema,
    object_values,
)
from toolfuzz.generate.names import TOOLS
from toolfuzz.generate.pick import Pick

__all__ = ["CROWD", "CROWD_VALUES"]

_SERVICES = ("", "_staging", "_archive")


def _members(n: int) -> list[Parameter]:
    return [SCALARS[(n * 3 + m) % len(SCALARS)] for m in range(n % 4 + 1)]


CROWD: tuple[Tool, ...] = tuple(
    Tool(
        f"{name}{suffix}",
        f"{description[:-1]}{f' ({suffix[1:]} service)' if suffix else ''}.",
        object_schema(_members(n)),
    )
    for suffix in _SERVICES
    for n, (name, description) in enumerate(TOOLS)
)
"""Plain tools that fill an offer up."""

CROWD_VALUES: dict[str, Values] = {
    f"{name}{suffix}": object_values(_members(n))
    for suffix in _SERVICES
    for n, (name, _) in enumerate(TOOLS)
}
"""What draws the arguments of each of them."""


def _fill(count: int, pick: Pick, draft: Draft) -> None:
    start = pick.below(len(CROWD))
    draft.others += [CROWD[(start + n) % len(CROWD)] for n in range(count - 1)]


def _between(least: int, most: int, tools: Sequence[Tool]) -> bool:
    return least <= len(tools) <= most


FEATURES = (
    Feature(
        "tools-10",
        "about ten tools on offer",
        "tools",
        change=lambda pick, draft: _fill(10, pick, draft),
        offer=lambda tools: _between(8, 20, tools),
        excludes=("tools-60",),
    ),
    Feature(
        "tools-60",
        "about sixty tools on offer",
        "tools",
        change=lambda pick, draft: _fill(60, pick, draft),
        offer=lambda tools: _between(50, 80, tools),
    ),
)
