"""Which wire format is spoken at a path."""

import re
from functools import cache
from urllib.parse import urlsplit

from toolfuzz.formats import WireFormat, format_names, wire_format

__all__ = ["format_at", "route_of", "server_and_path"]


def route_of(path: str) -> tuple[WireFormat, str] | None:
    """Return the format whose question goes to ``path`` (a query may follow), and what stands
    before the format's own path; None where no model is asked for anything."""
    for format, way in _ways():
        if found := way.fullmatch(path):
            return format, found["prefix"]
    return None


def format_at(path: str) -> str:
    """Return the name of the format that is spoken at a path, where it is known that one is."""
    route = route_of(path)
    assert route is not None, path
    return route[0].name


@cache
def _ways() -> tuple[tuple[WireFormat, re.Pattern[str]], ...]:
    return tuple((format, _way(format)) for format in map(wire_format, format_names()))


def _way(format: WireFormat) -> re.Pattern[str]:
    ways = "|".join(
        re.sub(r"\\\{.*?\\\}", r"[^?]+?", re.escape(way)) for way in format.serving.paths
    )
    return re.compile(rf"(?P<prefix>[^?]*?)(?:{ways})/?(?:\?.*)?")


def server_and_path(url: str) -> tuple[str, str]:
    """Return a URL's server, without a user's name, and its path with the query.

    Both are "" of what is no URL.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    path = parts._replace(scheme="", netloc="", fragment="").geturl()
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", path
