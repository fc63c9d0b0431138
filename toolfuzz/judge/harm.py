"""What a defect does to the one who runs the calls: the order in which reports tell of defects."""

from typing import get_args

from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.defect import Harm

__all__ = ["HARMS", "harm_of", "harm_rank"]

HARMS: dict[Harm, str] = {
    "value": "another value arrives, and nothing says so",
    "call": "a call is lost, or one comes that nobody made",
    "error": "an error, or arguments that can't be loaded",
    "form": "the calls are right, their form isn't",
}
"""What each harm is in words, the worst first."""

# What the defects of a group do where their file doesn't say otherwise.
_GROUPS: dict[str, Harm] = {
    "A": "error",
    "B": "value",
    "C": "value",
    "D": "value",
    "E": "call",
    "F": "error",
    "G": "form",
}


def harm_of(slug: str) -> Harm:
    """Return what a defect does; one that this version doesn't know is taken for an error."""
    known = defects().get(slug)
    if known is None:
        return "error"
    if known.severity != "error":
        return "form"
    return known.harm or _GROUPS.get(known.group, "value")


def harm_rank(slug: str) -> int:
    """Return the place of a defect's harm in HARMS: 0 is the worst."""
    return get_args(Harm).index(harm_of(slug))
