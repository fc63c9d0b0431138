"""Draws cases: questions with a known right answer. Imports nothing heavy by itself."""

from collections.abc import AsyncGenerator, Iterator, Sequence, Set
from typing import TYPE_CHECKING, Literal

from toolfuzz.core.case import Case
from toolfuzz.core.errors import UsageError

if TYPE_CHECKING:
    from toolfuzz.generate.draw import Mix
    from toolfuzz.generate.tools.toolset import ToolSet

__all__ = [
    "dimension_names",
    "draw_ahead",
    "draw_cases",
    "draw_part",
    "feature_names",
    "probe_names",
]


def draw_cases(
    n: int,
    *,
    seed: int = 0,
    tools: "Sequence[ToolSet]" = (),
    probes: Sequence[str] = (),
    features: Sequence[str] = (),
    strength: int = 2,
    offer: int | Literal["all"] = 24,
    most_tokens: int | None = None,
    system: str = "",
) -> Iterator[Case]:
    """Draw n different cases, lazily.

    The k-th case depends on (seed, options, k) alone: asking for more keeps the earlier ones,
    byte for byte, in every process, for the same version of toolfuzz. With
    ``tools`` the schemas are the user's and only values are drawn; then fewer cases come when
    there are no n different ones, and of a set of more than ``offer`` tools each is offered with
    its neighbours only. ``features`` (or groups of them) and ``probes`` restrict the mix to those
    named. No prompt is longer than about ``most_tokens``: longer ones are drawn once more, and left
    out where that doesn't help. ``system`` is said before each.
    Raises UsageError at once for a name that doesn't exist, or for features together with tools.
    """
    mix = _mix(n, seed, tools, probes, features, strength, offer, most_tokens, system)
    return _drawn(n, mix)


def _drawn(n: int, mix: "Mix") -> Iterator[Case]:
    from itertools import count

    from toolfuzz.generate.draw import Distinct, slot

    return Distinct(n).of(slot(mix, k) for k in count())


def draw_ahead(
    n: int,
    *,
    seed: int = 0,
    tools: "Sequence[ToolSet]" = (),
    probes: Sequence[str] = (),
    features: Sequence[str] = (),
    strength: int = 2,
    offer: int | Literal["all"] = 24,
    most_tokens: int | None = None,
    system: str = "",
    processes: int = 1,
) -> AsyncGenerator[Case]:
    """Draw the same cases as ``draw_cases``, off the event loop and a bounded way ahead.

    Many cases are drawn in other ``processes``, few in a thread. Close the generator
    (``contextlib.aclosing``) to stop drawing early.
    """
    from toolfuzz.generate.ahead import ahead

    mix = _mix(n, seed, tools, probes, features, strength, offer, most_tokens, system)
    return ahead(n, mix, processes)


def draw_part(
    part: int,
    n: int,
    *,
    known: Set[str] = frozenset(),
    seed: int = 0,
    tools: "Sequence[ToolSet]" = (),
    probes: Sequence[str] = (),
    features: Sequence[str] = (),
    offer: int | Literal["all"] = 24,
    most_tokens: int | None = None,
    system: str = "",
) -> Iterator[Case]:
    """Draw n different cases, lazily: a fair sample of the mix, another for each ``part``.

    The cases of ``draw_cases`` belong together; these don't, so parts can be compared with each
    other. None of them has an id that is ``known``. Fewer come, and raised is, as there.
    """
    from dataclasses import replace

    from toolfuzz.generate.draw import Distinct, scattered

    slots = scattered(_mix(n, seed, tools, probes, features, 2, offer, most_tokens, system), part)
    new = (replace(s, case=None) if s.case and s.case.id in known else s for s in slots)
    return Distinct(n).of(new)


def feature_names() -> dict[str, str]:
    """Return every schema feature with a line about it."""
    from toolfuzz.generate.features import all_features

    return {
        f.name: f"{f.summary}{' (only when asked for)' if f.opt_in else ''}"
        for f in all_features().values()
    }


def dimension_names() -> dict[str, str]:
    """Return every dimension with a line about it."""
    from toolfuzz.generate.dimensions import all_dimensions

    return {family.name: family.summary for family in all_dimensions().values()}


def probe_names() -> dict[str, str]:
    """Return every probe with a line about it."""
    from toolfuzz.generate.probes import all_probes

    return {
        p.name: f"{p.summary}{'' if p.share else ' (only when asked for)'}"
        for p in all_probes().values()
    }


def _mix(
    n: int,
    seed: int,
    tools: "Sequence[ToolSet]",
    probes: Sequence[str],
    features: Sequence[str],
    strength: int,
    offer: int | Literal["all"],
    most_tokens: int | None,
    system: str,
) -> "Mix":
    from toolfuzz.generate.cases import user_tools
    from toolfuzz.generate.draw import Mix
    from toolfuzz.generate.plan import make_plan
    from toolfuzz.generate.probes import find, usual_probes

    if n < 1:
        raise UsageError(f"{n} cases can't be drawn", "ask for at least 1")
    if tools and features:
        raise UsageError(
            "features are drawn into generated schemas, and these tools' schemas are given",
            "leave out either the features or the tools",
        )
    chosen = tuple(find(name).name for name in probes) or usual_probes()
    plan, own = make_plan(seed, features, strength), user_tools(tools, offer)
    return Mix(seed, plan, chosen, own, most_tokens, system)
