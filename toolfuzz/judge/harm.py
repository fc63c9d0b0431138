"""What a defect does to the one who runs the calls: the order in which reports tell of defects."""

from typing import Literal, get_args

from toolfuzz.judge.catalogue import defects

__all__ = ["HARMS", "Harm", "harm_of", "harm_rank"]

Harm = Literal["value", "call", "error", "form"]

HARMS: dict[Harm, str] = {
    "value": "another value arrives, and nothing says so",
    "call": "a call is lost, or one comes that nobody made",
    "error": "an error, or arguments that can't be loaded",
    "form": "the calls are right, their form isn't",
}
"""What each harm is in words, the worst first."""

# What the defects of a group mostly do.
_GROUPS: dict[str, Harm] = {
    "A": "error",
    "B": "value",
    "C": "value",
    "D": "value",
    "E": "call",
    "F": "error",
    "G": "form",
}
_OTHERWISE: dict[str, Harm] = {
    "args-duplicate-keys": "value",
    "args-unicode-corrupt": "value",
    "args-wrapped": "value",
    "property-key-rejected": "error",
    "schema-rejected": "error",
    "tool-name-rejected": "error",
    "call-and-markup": "form",
    "content-changed": "value",
    "provider-refused-call": "error",
    "idx-collision": "call",
    "interleaved-misrouted": "call",
    "name-repeated": "form",
    "stream-marker-split": "form",
    "stream-nonstream-divergence": "value",
    "finish-calls-empty": "call",
    "finish-length-masked": "value",
    "id-duplicate": "call",
    "request-refused": "error",
    "server-error": "error",
    "wire-malformed": "error",
}


def harm_of(slug: str) -> Harm:
    """Return what a defect does; one that this version doesn't know is taken for an error."""
    known = defects().get(slug)
    if known is None:
        return "error"
    if known.severity != "error":
        return "form"
    return _OTHERWISE.get(slug) or _GROUPS.get(known.group, "value")


def harm_rank(slug: str) -> int:
    """Return the place of a defect's harm in HARMS: 0 is the worst."""
    return get_args(Harm).index(harm_of(slug))
