"""Tools from JSON files, and the catalogues that ship with the package."""

import json
from importlib import resources
from pathlib import Path

from toolfuzz.core.case import Json, Tool
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate.sources.shapes import ShapeError, find_tools, read_tool
from toolfuzz.generate.sources.toolset import Skipped, ToolSet, usable

__all__ = ["catalogues", "load_file", "read_json"]

_MOST_BYTES = 10_000_000
_ACCEPTED = "OpenAI, Anthropic, MCP tools/list or {name, description, parameters}"


def catalogues() -> dict[str, Path]:
    """Return the shipped catalogues by name: beside the package in a checkout, inside the wheel."""
    package = Path(str(resources.files("toolfuzz")))
    for folder in (package / "schemas", package.parent / "schemas"):
        if found := sorted(folder.glob("*.json")):
            return {path.stem: path for path in found}
    return {}


def load_file(path: Path) -> ToolSet:
    """Read the tools of a JSON file in any of the accepted shapes; raises UsageError."""
    document = read_json(path)
    tools: list[Tool] = []
    skipped: list[Skipped] = []
    count = 0
    for count, (pointer, entry) in enumerate(find_tools(document), 1):
        try:
            tools.append(read_tool(pointer, entry))
        except ShapeError as error:
            skipped.append(Skipped(f"#{count}", error.pointer, error.reason))
    if not count:
        raise UsageError(f"{path}: no tools in it", f"accepted: a list of tools as {_ACCEPTED}")
    return usable(f"tools:{path.name}", tools, skipped, place=str(path))


def read_json(path: Path) -> Json:
    """Read a JSON file of at most 10 MB; raises UsageError with line and column."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path}: larger than {_MOST_BYTES // 10**6} MB", "split the file")
        return parse_json(path.read_bytes(), str(path))
    except FileNotFoundError:
        near = did_you_mean(str(path), catalogues())
        hint = near or "give a path, or see `toolfuzz list schemas`"
        raise UsageError(f"no such file or catalogue: {path}", hint) from None
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None


def parse_json(data: bytes, place: str) -> Json:
    """Parse JSON text that came from ``place``; raises UsageError."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{place}: not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"{place}: not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise UsageError(f"{place}: nested too deeply to be read") from None
    except ValueError as error:
        raise UsageError(f"{place}: not JSON: {str(error)[:100]}") from None
