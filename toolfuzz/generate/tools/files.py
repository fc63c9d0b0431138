"""Tools from JSON files, and the catalogues that ship with the package."""

from dataclasses import replace
from importlib import resources
from pathlib import Path

from toolfuzz.core.case import Json, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.generate.tools.reading import Deadline, parse_json, read_bytes
from toolfuzz.generate.tools.remote import bundled
from toolfuzz.generate.tools.shapes import ShapeError, find_tools, read_tool
from toolfuzz.generate.tools.toolset import Skipped, ToolSet, refuse_many, usable

__all__ = ["catalogues", "load_file", "load_inline"]

_CODE = "your code"
"""Where tools are from that no file holds."""

_ACCEPTED = "OpenAI, Anthropic, Gemini, Converse, MCP tools/list or {name, description, parameters}"


def catalogues() -> dict[str, Path]:
    """Return the shipped catalogues by name: beside the package in a checkout, inside the wheel."""
    package = Path(str(resources.files("toolfuzz")))
    for folder in (package / "schemas", package.parent / "schemas"):
        if found := sorted(folder.glob("*.json")):
            return {path.stem: path for path in found}
    return {}


def load_file(path: Path, *, allow_remote_refs: bool = False) -> ToolSet:
    """Read the tools of a JSON file in any of the accepted shapes; raises UsageError."""
    deadline = Deadline()
    document = parse_json(read_bytes(path), str(path))
    origin = f"tools:{path.name}"
    return _read(document, origin, str(path), deadline, allow_remote_refs=allow_remote_refs)


def load_inline(text: str) -> ToolSet:
    """Read tools from JSON text that was given in place of a file; raises UsageError."""
    document = parse_json(text.encode("utf-8", "surrogatepass"), _CODE)
    return replace(_read(document, "tools:code", _CODE, Deadline()), place=_CODE)


def _read(
    document: Json, origin: str, place: str, deadline: Deadline, *, allow_remote_refs: bool = False
) -> ToolSet:
    tools: list[Tool] = []
    skipped: list[Skipped] = []
    count = 0
    for count, (pointer, entry) in enumerate(find_tools(document), 1):
        refuse_many(count - 1, place)
        try:
            tool = read_tool(pointer, entry)
        except ShapeError as error:
            skipped.append(Skipped(f"#{count}", error.pointer, error.reason))
            continue
        if allow_remote_refs:
            tool = replace(tool, parameters=bundled(tool.parameters, deadline))
        tools.append(tool)
    if not count:
        raise UsageError(f"{place}: no tools in it", f"accepted: a list of tools as {_ACCEPTED}")
    return usable(origin, tools, skipped, place=place, deadline=deadline)
