"""A container that is a parameter and came as the text of its JSON."""

from collections.abc import Callable
from typing import Any

from toolfuzz.core.jsonvalue import kind_of
from toolfuzz.judge.defect import Said
from toolfuzz.judge.differences import Ambiguous, Retyped

__all__ = ["stringified", "undecided"]


def stringified(kind: str) -> dict[type, Callable[[Any], str | Said | None]]:
    """Return what explains a parameter's ``kind`` as text; further in it is another defect."""

    def explain(fact: Retyped) -> str | None:
        here = fact.syntax == "JSON" and kind in fact.wanted and fact.depth <= 1
        return fact.as_text(kind) if here else None

    def note(fact: Ambiguous) -> Said | None:
        here = fact.depth <= 1 and kind_of(fact.loaded) == kind
        return undecided(kind) if here else None

    return {Retyped: explain, Ambiguous: note}


def undecided(kind: str) -> Said:
    """Say that the schema takes the text as well as what it spells."""
    return Said(f"the schema admits a string and an {kind}; can't tell which was meant", "info")
