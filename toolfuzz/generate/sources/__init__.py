"""Tools of the user's own: JSON files, shipped catalogues, MCP servers, OpenAPI, Python."""

from pathlib import Path

from toolfuzz.core.errors import UsageError
from toolfuzz.generate.sources.files import catalogues, load_file
from toolfuzz.generate.sources.toolset import Skipped, ToolSet

__all__ = ["Skipped", "ToolSet", "catalogues", "load"]


def load(spec: str, *, allow_remote_refs: bool = False) -> ToolSet:
    """Load tools from a JSON file's path or a shipped catalogue's name (``all`` for all of them).

    Raises UsageError with one line that names the place.
    """
    shipped = catalogues()
    if spec == "all":
        return _all(shipped)
    path = Path(spec)
    if spec in shipped and not path.exists():
        path = shipped[spec]
    return load_file(path)


def _all(shipped: dict[str, Path]) -> ToolSet:
    if not shipped:
        raise UsageError("no catalogues are installed", "reinstall toolfuzz")
    sets = [load_file(path) for path in shipped.values()]
    tools = tuple(tool for found in sets for tool in found.tools)
    return ToolSet("tools:all", tools, tuple(s for found in sets for s in found.skipped))
