"""Tools from Python code: pydantic models and annotated callables, read by pydantic itself."""

import importlib
import inspect
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from toolfuzz.core.case import JsonObject, Tool
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate.tools.shapes import ShapeError, read_tool
from toolfuzz.generate.tools.toolset import ToolSet, usable

__all__ = ["INLINE", "inline", "load_python"]

INLINE = "json:"
"""How a source of tools begins that holds them itself, as JSON."""


def inline(items: Sequence[Any]) -> str:
    """Return tools as a source that holds them: so a run's journal has all that it takes.

    Each is a pydantic model, a callable with annotations, or a dict in any of the accepted shapes.
    Raises UsageError.
    """
    entries = [item if isinstance(item, dict) else _entry(_tool(item, "tools")) for item in items]
    try:
        return INLINE + json.dumps(entries, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"tools: no JSON: {error}", "a dict is a tool as it is sent") from None


def _entry(tool: Tool) -> JsonObject:
    strict = {"strict": True} if tool.strict else {}
    shown = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return shown | strict


def load_python(place: str) -> ToolSet:
    """Import ``package.module:NAME`` and read its tools; raises UsageError.

    NAME is a pydantic model, a callable with annotations, a tool as a dict in any of the accepted
    shapes, or a list, tuple or dict of such. The working folder is importable.
    """
    module_name, colon, name = place.partition(":")
    if not (module_name and colon and name):
        raise UsageError(f"python:{place}: not of the form python:package.module:NAME")
    found = _attribute(_imported(module_name), name)
    tools = [_tool(item, f"python:{place}") for item in _items(found)]
    if not tools:
        raise UsageError(f"python:{place}: holds no tools")
    return usable(f"tools:python:{place}", tools, place=f"python:{place}")


def _imported(name: str) -> Any:
    # A console script's path starts at its own folder, not where the user stands.
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except Exception as error:  # whatever the user's module does at import is theirs
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise UsageError(f"python:{name}: can't be imported: {reason}") from None


def _attribute(module: Any, name: str) -> Any:
    try:
        return getattr(module, name)
    except AttributeError:
        near = did_you_mean(name, [n for n in vars(module) if not n.startswith("_")])
        raise UsageError(f"python:{module.__name__}: has no {name!r}", near) from None


def _items(found: Any) -> Iterator[Any]:
    if isinstance(found, (list, tuple, set)):
        yield from found
    elif isinstance(found, dict) and "name" not in found and "function" not in found:
        yield from found.values()
    else:
        yield found


_FOREIGN = ("pydantic", "builtins", "typing", "abc")


def _tool(item: Any, place: str) -> Tool:
    from pydantic import BaseModel, TypeAdapter
    from pydantic.errors import PydanticUserError

    if isinstance(item, Tool):
        return item
    try:
        if isinstance(item, dict):
            return read_tool("", item)
        if isinstance(item, type) and issubclass(item, BaseModel):
            schema = item.model_json_schema()
        elif callable(item):
            schema = TypeAdapter(item).json_schema()
        else:
            kind = type(item).__name__
            raise UsageError(
                f"{place}: {kind} is no tool", "give a pydantic model, a function or a dict"
            )
    except (PydanticUserError, ShapeError, NameError, TypeError) as error:
        raise UsageError(f"{place}: {' '.join(str(error).split())[:200]}") from None
    name = getattr(item, "__name__", type(item).__name__)
    if schema.get("type") != "object" and "properties" not in schema and "$ref" not in schema:
        raise UsageError(
            f"{place}: the arguments of {name} are not an object",
            "give its parameters names: none positional-only, no *args",
        )
    return Tool(name, _described(item), schema)


def _described(item: Any) -> str:
    """Return the docstring that the user wrote: of a class its own, or that of a base of theirs.

    Without one, a model would have pydantic's manual, and a dataclass its signature.
    """
    if not isinstance(item, type):
        own = item if hasattr(item, "__name__") else type(item)
        return inspect.cleandoc(own.__doc__ or "")
    theirs = (base for base in item.__mro__ if base.__module__.partition(".")[0] not in _FOREIGN)
    told = (base.__dict__.get("__doc__") or "" for base in theirs)
    said = next((text for text in told if text), "")
    return "" if said.startswith(f"{item.__name__}(") else inspect.cleandoc(said)
