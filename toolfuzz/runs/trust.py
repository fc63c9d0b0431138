"""What a run's folder would make this machine do, and whether somebody has agreed to it.

A folder may come from anybody. Reading it is safe; asking again what it asked is not: its
settings name commands to start, servers to send keys to, the variables that hold the keys, and
releases of engines, which are programs as well.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import RunStarted

__all__ = ["LOOPBACK", "named_by", "powers", "require_trust"]

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
"""Names of this machine, as a URL's host."""


def require_trust(settings: Mapping[str, Any], *, trust: bool) -> None:
    """Raise UsageError that shows what the settings name, unless nothing does harm.

    ``trust``: the user has said that the run is their own, or that they have looked.
    """
    named = list(powers(settings))
    if named and not trust:
        raise UsageError(
            f"this run's folder names {'; '.join(named)}",
            "if you made this run, or agree to that, give the same command with --trust",
        )


def named_by(started: RunStarted) -> dict[str, Any]:
    """Return a run's settings, whose ``models`` are also those that its targets name."""
    models = [*_several(started.settings.get("models")), *(t.model for t in started.targets)]
    return {**started.settings, "models": models}


def powers(settings: Mapping[str, Any]) -> Iterator[str]:
    """Name the commands, hosts, variables and engines in a run's settings.

    A server on this machine is none, as what is sent there stays here; but whoever listens there
    need not be you, so the variable of a key is one all the same. A release of an engine that was
    fetched before is none either.
    """
    base_url, key_env = settings.get("base_url"), settings.get("key_env")
    if base_url and not _is_here(base_url):
        yield f"a server to ask, {base_url}"
    if key_env:
        yield f"a variable whose value is sent as the key, {key_env}"
    for command in _several(settings.get("mcp")):
        yield f"an MCP server to start or reach, {command}"
    for tools in _several(settings.get("tools")):
        if str(tools).startswith("python:"):
            yield f"a Python module to import, {tools}"
    for place in _several(settings.get("openapi")):
        if "://" in str(place) and not _is_here(place):
            yield f"a server to read from, {place}"
    if python := settings.get("engine_python"):
        yield f"a program to start, {python}"
    for release in dict.fromkeys(map(_to_fetch, _several(settings.get("models")))):
        if release:
            yield f"an engine to fetch and run, {release}"


def _to_fetch(model: Any) -> str:
    """Return the release that a target would make us fetch; empty for what is no such target."""
    if "@" not in str(model):
        return ""
    from toolfuzz.engines.spec import parse_spec
    from toolfuzz.engines.store import cache_folder

    try:
        spec = parse_spec(str(model))
    except UsageError:
        return ""
    name, version = spec.engine.name, spec.version
    if spec.engine.wheel is None or version is None or (cache_folder() / name / version).is_dir():
        return ""
    return f"{name} {version}"


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value] if value else []


def _is_here(url: Any) -> bool:
    try:
        return urlsplit(str(url)).hostname in LOOPBACK
    except ValueError:
        return False
