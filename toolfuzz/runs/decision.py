"""A check's decision as it is kept beside the journal, in ``check.json``."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StrictStr

from toolfuzz.core.case import JsonObject
from toolfuzz.runs.derived import read_json

__all__ = ["CHECK_NAME", "read_decision"]

CHECK_NAME = "check.json"

_Calls = Annotated[int, Field(strict=True, ge=0, le=10**12)]


@dataclass(frozen=True, slots=True)
class _Spent:
    first: _Calls
    again: _Calls


@dataclass(frozen=True, slots=True)
class _Answer:
    answer: Literal["yes", "no", "open"]
    words: StrictStr


@dataclass(frozen=True, slots=True)
class _Decision:
    """The fields that reports show."""

    outcome: Literal["PASS", "FAIL", "INCONCLUSIVE", "ACCEPT", "REJECT"] | None
    reason: StrictStr
    candidate: StrictStr
    folder: StrictStr
    spent: _Spent
    baseline: StrictStr = ""
    rate: _Answer | None = None
    defects: _Answer | None = None
    unreachable: StrictStr | None = None
    doubts: list[StrictStr] = field(default_factory=list)
    suspects: list[StrictStr] = field(default_factory=list)


def read_decision(path: Path) -> JsonObject:
    """Read a ``check.json``; raises UsageError when it isn't one."""
    return read_json(path, _Decision, "a check's decision")
