"""Which wire format is spoken at a path."""

import re
from urllib.parse import urlsplit

from toolfuzz.formats import WireFormat, format_names, wire_format

__all__ = ["route_of", "server_and_path"]


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
