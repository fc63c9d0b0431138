"""Tool names: long ones, JavaScript's own words, near-duplicates, and what breaks the strict rule.

The strictest public rule for a tool name is ``^[a-zA-Z0-9_-]{1,64}$`` (OpenAI, Anthropic).
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from toolfuzz.core.case import Tool
from toolfuzz.generate.features.base import Draft, Feature
from toolfuzz.generate.pick import Pick

__all__ = ["NAME_RULE"]

NAME_RULE = re.compile(r"[a-zA-Z0-9_-]{1,64}")

_LONGEST = 64
_PREFIX = "mcp__enterprise-data-platform-production__ingestion_service__"
_PROTOTYPES = ("constructor", "toString", "__proto__")
_ODD = ("files.read", "data import", "größe_setzen", "a" * 65, "ns/tool", "tool:run")


def _long(pick: Pick, draft: Draft) -> None:
    size = pick.of((_LONGEST, 56, 60))
    draft.name = f"{_PREFIX}{draft.name}"[:size] if pick.chance(50) else _padded(draft.name, size)


def _padded(name: str, size: int) -> str:
    return f"{name}_for_every_tenant_of_the_european_staging_environment_v2_final"[:size]


def _near(pick: Pick, draft: Draft) -> None:
    base = draft.name[: _LONGEST - 3]
    names = [f"{base}s", f"{base}_v2", base.replace("_", "-"), f"{base}_"]
    parameters = {"type": "object", "properties": {"input": {"type": "string"}}}
    draft.others += [
        Tool(name, f"{(draft.description or 'A tool.').rstrip('.')} (variant {n}).", parameters)
        for n, name in enumerate(pick.some([n for n in names if n != draft.name], 1, 3), 2)
    ]


def _prototype(pick: Pick, draft: Draft) -> None:
    draft.name = pick.of(_PROTOTYPES)


def _odd(pick: Pick, draft: Draft) -> None:
    draft.name = pick.of(_ODD)


@lru_cache(maxsize=1024)  # the same names come again and again
def _reduced(name: str) -> str:
    """Leave of a name what near-duplicates share; of long ones that is their beginning."""
    return re.sub(r"(?:s|_v\d|_)+$", "", re.sub(r"[^a-z0-9]+", "_", name[:60].lower()))


def _has_near(tools: Sequence[Tool]) -> bool:
    return len({_reduced(t.name) for t in tools}) < len(tools)


FEATURES = (
    Feature(
        "long-name",
        "a tool name of 56 to 64 characters",
        "tools",
        change=_long,
        tool=lambda tool: 56 <= len(tool.name) <= _LONGEST,
    ),
    Feature(
        "near-names",
        "other tools on offer whose names differ in a letter or two",
        "tools",
        change=_near,
        offer=_has_near,
    ),
    Feature(
        "prototype-name",
        "a tool called constructor, toString or __proto__: what JavaScript objects have anyway",
        "tools",
        change=_prototype,
        tool=lambda tool: tool.name in _PROTOTYPES,
        excludes=("long-name", "odd-tool-name"),
    ),
    Feature(
        "odd-tool-name",
        "a tool name that strict providers refuse (dots, spaces, non-ASCII, 65 characters)",
        "tools",
        change=_odd,
        tool=lambda tool: NAME_RULE.fullmatch(tool.name) is None,
        opt_in=True,
        excludes=("long-name",),
    ),
)
