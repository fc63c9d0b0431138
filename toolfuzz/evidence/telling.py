"""A smallest case that tells a reader what happens: ``x\\n`` rather than a line end alone."""

from collections.abc import Iterator, Sequence
from typing import Any

from toolfuzz.core.case import Case, ExpectedCall, Json
from toolfuzz.evidence.pruning import Path
from toolfuzz.evidence.rebuild import rebuild
from toolfuzz.evidence.simplify import leaves, replaced

__all__ = ["more_telling"]


def more_telling(case: Case) -> Iterator[Sequence[Case]]:
    """Yield, for each value of the case that hides what becomes of it, cases with plainer ones.

    The first of them that still fails is to be taken. What is blank gets a letter, and what is
    empty a member or an item.
    """
    for n, call in enumerate(case.calls):
        for path, value in leaves(call.arguments):
            if not path:  # a call without arguments is one
                continue
            made = (_with(case, n, path, other) for other in _fuller(value))
            if found := [one for one in made if one is not None]:
                yield found


def _fuller(value: Json) -> tuple[Any, ...]:
    if isinstance(value, str) and value and not value.strip():
        return (f"x{value}", f"{value}x", f"x{value}x")
    if value == {} and isinstance(value, dict):
        return ({"b": 1},)
    if value == [] and isinstance(value, list):
        return ([1], ["x"])
    return ()


def _with(case: Case, n: int, path: Path, value: Json) -> Case | None:
    calls = list(case.calls)
    calls[n] = ExpectedCall(calls[n].tool, replaced(calls[n].arguments, path, value))
    return rebuild(case, case.tools, calls)
