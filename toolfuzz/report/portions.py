"""How a monitor's portions are told, in a terminal and on a page."""

from toolfuzz.core.case import JsonObject

__all__ = ["defect_words", "evidence_words", "failed_of", "judged_of", "title"]

_CLAIMS = {
    "baseline": "{} is being learnt: this is its baseline",
    "quiet": "{} answers as before",
    "alarm": "{} became worse",
    "outage": "{} could hardly be asked",
    None: "{}",
}
_SHOWN_POWER = 9


def title(outcome: str | None, name: str) -> str:
    """Return the outcome as a claim about the model."""
    return _CLAIMS[outcome].format(name)


def judged_of(one: JsonObject) -> int:
    """Return how many of a portion's questions were judged."""
    return int(one["regular_judged"] + one["burst_judged"])


def failed_of(one: JsonObject) -> int:
    """Return how many of a portion's questions failed."""
    return int(one["regular_failed"] + one["burst_failed"])


def evidence_words(one: JsonObject) -> str:
    """Return the evidence at a portion's end."""
    if one["log10"] is None:
        return "baseline"
    if one["log10"] > _SHOWN_POWER:
        return "over 10⁹"
    value = 10 ** one["log10"]
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def defect_words(defects: JsonObject, most: int = 2) -> str:
    """Return the commonest defects with their numbers."""
    return ", ".join(f"{slug} {count}" for slug, count in list(defects.items())[:most])
