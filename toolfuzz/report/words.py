"""Phrases that several formats share."""

from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable

__all__ = ["count", "kind", "kind_note", "milliseconds", "percent", "success", "xml_text"]


def percent(share: float | None) -> str:
    """Return ``97.5%``, or a dash for nothing measured; only all is 100.0%, only none 0.0%."""
    if share is None:
        return "–"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"


def success(entry: JsonObject) -> str:
    """Return ``97.5% (95% interval 91.0% – 99.2%)`` of anything with rate, low and high."""
    if entry["rate"] is None:
        return "nothing judged"
    return f"{percent(entry['rate'])} (95% interval {entry['low']:.1%} – {entry['high']:.1%})"


def kind(target: JsonObject) -> str:
    """Return what a reader must know about who answered; empty for a real endpoint."""
    return {"simulated": "simulated", "engine": "engine parser trial"}.get(target["kind"], "")


def kind_note(target: JsonObject) -> str:
    """Return a sentence that says what was not real; empty for a real endpoint."""
    notes = {
        "simulated": "Simulated endpoint: no model was asked, its faults are planted.",
        "engine": "Engine parser trial: the model's text is perfect, the parser is the engine's.",
    }
    return notes.get(target["kind"], "")


def milliseconds(times: JsonObject, name: str) -> str:
    """Return ``120 ms`` for a percentile, or a dash."""
    return f"{times[name]:.0f} ms" if name in times else "–"


def count(n: int, one: str) -> str:
    """Return ``1 case`` or ``2 cases``."""
    return f"{n} {one}{'' if n == 1 else 's'}"


def xml_text(text: str) -> str:
    """Spell out what XML 1.0 can't hold; ElementTree escapes the markup itself.

    https://www.w3.org/TR/xml/#charsets
    """
    safe = printable(text, keep_newlines=True)
    return safe.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
