"""The wire formats: how tool calls are asked for and answered over HTTP.

Each folder here is one and complete in itself; single modules are what they share. A newcomer adds
a folder ``my_format`` whose ``format.py`` holds ``FORMAT``; it is found as ``my-format``. A folder
imports its own files relatively, so it works under any name.
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.formats.client_reader import ClientReader
from toolfuzz.formats.protocol import (
    CannotAskError,
    Framing,
    Request,
    Serving,
    Traits,
    WireFormat,
    bearer,
)

__all__ = [
    "USUAL",
    "CannotAskError",
    "ClientReader",
    "Framing",
    "Request",
    "Serving",
    "Traits",
    "WireFormat",
    "bearer",
    "format_names",
    "full_name",
    "guess",
    "wire_format",
]

USUAL = "openai-chat"
"""The format that most servers speak, and the one that is meant when none is named."""


@cache
def wire_format(name: str) -> WireFormat:
    """Return the wire format of that name; raises UsageError with the nearest names."""
    if name not in format_names():
        near = did_you_mean(name, format_names())
        raise UsageError(f"unknown wire format {name!r}", near or f"one of {_listed()}")
    found: WireFormat = import_module(f"{__name__}.{name.replace('-', '_')}.format").FORMAT
    return replace(found, name=name)


@cache
def format_names() -> tuple[str, ...]:
    """Return the names of all wire formats, sorted."""
    found = (m.name.replace("_", "-") for m in pkgutil.iter_modules(__path__) if m.ispkg)
    return tuple(sorted(found))


def full_name(name: str) -> str:
    """Return the name of the only format that ends in this one (``messages``), else the name."""
    ending = [full for full in format_names() if full.endswith(f"-{name}")]
    return ending[0] if len(ending) == 1 else name


def guess(body: Mapping[str, Any], path: str = "") -> WireFormat:
    """Return the format that a recorded request is written in: the usual one in doubt."""
    others = (wire_format(name) for name in format_names() if name != USUAL)
    return next((f for f in others if f.looks_like(body, path)), wire_format(USUAL))


def _listed() -> str:
    return ", ".join(format_names())
