"""The laws of a format's replies (``laws.toml``) and the one interpreter that holds them."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.reading import Event, Notes

__all__ = ["Laws", "laws_beside"]


@dataclass(frozen=True, slots=True)
class Laws:
    """What must come, in which order, with which keys; what is broken is noted as ``law``."""

    table: dict[str, Any] = field(default_factory=dict)

    def judge_plain(self, root: JsonObject, notes: Notes) -> None:
        """Hold the object of a plain reply against the laws."""

    def judge_stream(self, events: Sequence[Event], notes: Notes) -> None:
        """Hold the events of a stream against the laws."""


def laws_beside(module: str) -> Laws:
    """Return the laws in the ``laws.toml`` beside a format's module (its ``__file__``)."""
    return Laws(tomllib.loads(Path(module).with_name("laws.toml").read_text(encoding="utf-8")))
