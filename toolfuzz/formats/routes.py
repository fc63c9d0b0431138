"""Which wire format is spoken at a path."""

import re

from toolfuzz.formats import WireFormat, format_names, wire_format

__all__ = ["route_of"]


def route_of(path: str) -> tuple[WireFormat, str] | None:
    """Return the format whose question goes to ``path`` (a query may follow), and what stands
    before the format's own path; None where no model is asked for anything."""
    for format in map(wire_format, format_names()):
        ways = "|".join(
            re.sub(r"\\\{.*?\\\}", r"[^?]+?", re.escape(way)) for way in format.serving.paths
        )
        found = re.fullmatch(rf"(?P<prefix>[^?]*?)(?:{ways})/?(?:\?.*)?", path)
        if found:
            return format, found["prefix"]
    return None
