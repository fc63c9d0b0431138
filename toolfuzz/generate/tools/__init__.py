"""Tools of the user's own: JSON files, shipped catalogues, MCP servers, OpenAPI, Python."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate.tools.choose import chosen
from toolfuzz.generate.tools.describe import ToolFacts, describe
from toolfuzz.generate.tools.files import catalogues, load_file, load_inline
from toolfuzz.generate.tools.mcp import load_mcp
from toolfuzz.generate.tools.openapi import load_openapi
from toolfuzz.generate.tools.python import INLINE, inline, load_python
from toolfuzz.generate.tools.toolset import Skipped, ToolSet

__all__ = [
    "Skipped",
    "ToolFacts",
    "ToolSet",
    "catalogues",
    "chosen",
    "describe_catalogue",
    "inline",
    "load",
    "load_mcp",
    "load_openapi",
]


def load(spec: str, *, allow_remote_refs: bool = False) -> ToolSet:
    """Load tools from a JSON file's path, ``python:package.module:NAME``, or a shipped catalogue.

    ``json:[…]`` holds them itself (see ``inline``). Catalogues go by name, ``all`` for all of them.
    Remote ``$ref`` are fetched only when allowed. Raises UsageError with one line that names the
    place.
    """
    if spec.startswith("python:"):
        return load_python(spec.removeprefix("python:"))
    if spec.startswith(INLINE):
        return load_inline(spec.removeprefix(INLINE))
    shipped = catalogues()
    if spec == "all":
        return _all(shipped)
    found = load_file(_path(spec, shipped), allow_remote_refs=allow_remote_refs)
    return replace(found, place=spec)


def _path(spec: str, shipped: dict[str, Path]) -> Path:
    with suppress(OSError, ValueError):  # a text that can't even be a path
        if Path(spec).exists():
            return Path(spec)
    if spec in shipped:
        return shipped[spec]
    hint = did_you_mean(spec, shipped) or "give a path, or see `toolfuzz list schemas`"
    raise UsageError(f"no such file or catalogue: {spec[:100]}", hint)


def _all(shipped: dict[str, Path]) -> ToolSet:
    if not shipped:
        raise UsageError("no catalogues are installed", "reinstall toolfuzz")
    sets = [load_file(path) for path in shipped.values()]
    tools = tuple(tool for found in sets for tool in found.tools)
    return ToolSet("tools:all", tools, tuple(s for found in sets for s in found.skipped), "all")


def describe_catalogue(name: str) -> ToolFacts:
    """Count the tools, depth and features of a shipped catalogue."""
    return describe(load_file(catalogues()[name]).tools)
