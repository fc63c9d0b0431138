"""How many tools are on offer: one to three by default, ten, sixty, or 100 kB of them."""

import json
from collections.abc import Sequence
from functools import cache

from toolfuzz.core.case import Tool
from toolfuzz.core.compact import compact
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
_REGIONS = (*_SERVICES, "_eu", "_us")
_HEAVY = 100_000
_LEAST_HEAVY = 8  # so few are not looked at: a user's own may be as long as they like
_HEAVY_TOOLS = 90  # OpenAI takes 128
_DETAILS = (
    "Use it only after the caller has been told what will happen and has agreed to it.",
    "Every argument is checked on the server; one that is out of range is refused with a reason.",
    "The result holds an identifier, the time at which the work was done, and a list of warnings.",
    "Repeating a call with the same arguments within five minutes has no further effect.",
    "Times are in UTC and follow ISO 8601; amounts of money are in the currency of the account.",
    "A call that takes longer than a minute goes on in the background and can be looked up later.",
    "Do not guess identifiers: look them up first, or ask the person for whom you are working.",
    "Texts may be in any language and are stored as they were given, blanks and all.",
    "Rights are those of the account that is signed in; what it may not see is left out.",
    "Where several entries fit, the newest one is taken and the others are named in the warnings.",
    "Older names of this tool are still understood, but they will be removed in a later version.",
)
_LONGEST = 1000  # OpenAI takes 1,024 characters


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


def _at_length(n: int) -> str:
    """Return what a long description adds; no two neighbours say the same."""
    size = len(_DETAILS)
    return " ".join(_DETAILS[(n * 5 + m * (n % 3 + 1)) % size] for m in range(size))


@cache
def _heavy() -> tuple[Tool, ...]:
    return tuple(
        Tool(
            f"{name}{region}",
            f"{description} Works on {region[1:] or 'production'}. {_at_length(n)}"[:_LONGEST],
            object_schema(_members(n)),
        )
        for region in _REGIONS
        for n, (name, description) in enumerate(TOOLS)
    )


def _fill_heavily(pick: Pick, draft: Draft) -> None:
    tools = _heavy()
    start = pick.below(len(tools))
    draft.others += [tools[(start + n) % len(tools)] for n in range(_HEAVY_TOOLS)]


def _is_heavy(tools: Sequence[Tool]) -> bool:
    if len(tools) < _LEAST_HEAVY:
        return False
    said = [[tool.name, tool.description, tool.parameters] for tool in tools]
    # Blanks make it longer, twice as long at most.
    if (written := compact(said)) and not _HEAVY / 2 <= len(written) < _HEAVY:
        return len(written) >= _HEAVY
    return len(json.dumps(said, ensure_ascii=False).encode()) >= _HEAVY


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
        "tools-100kb",
        "tools of 100 kB on offer, some ninety of them",
        "rare",
        change=_fill_heavily,
        offer=_is_heavy,
        excludes=("tools-10", "tools-60"),
    ),
    Feature(
        "tools-60",
        "about sixty tools on offer",
        "tools",
        change=lambda pick, draft: _fill(60, pick, draft),
        offer=lambda tools: _between(50, 80, tools),
    ),
)
