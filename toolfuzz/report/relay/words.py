"""What the reports of a trial say in the same words."""

from collections.abc import Iterator, Sequence

from toolfuzz.core.case import JsonObject
from toolfuzz.report.words import count

__all__ = ["grave", "head", "mode", "new", "places", "route", "routes"]


def grave(trial: JsonObject) -> list[JsonObject]:
    """Return the causes that are failures."""
    return [cause for cause in trial["causes"] if cause["severity"] == "error"]


def new(trial: JsonObject) -> list[JsonObject]:
    """Return the causes that are failures and not accepted."""
    return [cause for cause in grave(trial) if cause["accepted"] is None]


def head(trial: JsonObject) -> str:
    """Say in a sentence what came of it."""
    causes, fresh = grave(trial), new(trial)
    known = f", {len(fresh)} of them new" if len(fresh) < len(causes) else ""
    return f"{count(len(causes), 'cause')} of failure{known}"


def mode(path: JsonObject) -> str:
    """Return ``plain`` or ``streamed``."""
    return "streamed" if path["stream"] else "plain"


def route(path: JsonObject) -> str:
    """Return ``FORMAT · MODEL → FORMAT``: the front door and its upstream."""
    return f"{path['target']} → {path['upstream'] or 'nothing'}"


def routes(paths: Sequence[JsonObject]) -> list[tuple[str, list[int]]]:
    """Return each route with the positions of its paths, plain and streamed."""
    found: dict[str, list[int]] = {}
    for position, path in enumerate(paths):
        found.setdefault(route(path), []).append(position)
    return list(found.items())


def places(cause: JsonObject, paths: Sequence[JsonObject]) -> Iterator[str]:
    """Say where a cause shows, and how often: ``FORMAT → FORMAT, plain: 3 of 40``."""
    for path, shown in zip(paths, cause["shown"], strict=True):
        if shown:
            yield f"{route(path)}, {mode(path)}: {shown} of {path['judged']}"
