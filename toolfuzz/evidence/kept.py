"""What is kept of a failure in a folder of its own, beside the run's journal, and read back."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictStr

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.codec import case_from_json
from toolfuzz.core.errors import UsageError
from toolfuzz.evidence.failures import Failure
from toolfuzz.evidence.minimize import Minimized
from toolfuzz.runs.derived import Count, read_json

__all__ = [
    "ATTRIBUTION_NAME",
    "RESULT_NAME",
    "Where",
    "read_attribution",
    "read_study",
    "study_folder",
]

RESULT_NAME = "minimized.json"
ATTRIBUTION_NAME = "attribution.json"

Where = Literal["model", "template", "parser", "gateway", "client", "undecided"]
"""The layer that makes a failure."""

_Share = Annotated[float, Field(strict=True, ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class _Study:
    """The fields of ``minimized.json``."""

    rate: _Share
    reproduced: Count
    asked: Count
    low: _Share
    high: _Share
    calls: Count
    rounds: Count
    complete: StrictBool
    reason: StrictStr
    case: dict[str, Any]
    original: dict[str, Any]
    neighbour: dict[str, Any] | None
    neighbour_asked: Count = 0


@dataclass(frozen=True, slots=True)
class _Trial:
    what: StrictStr
    words: StrictStr


@dataclass(frozen=True, slots=True)
class _Attribution:
    """The fields of ``attribution.json`` that are read again."""

    layer: Where
    reasons: list[StrictStr]
    causes: list[StrictStr]
    trials: list[_Trial] = field(default_factory=list)
    history: StrictStr = ""


def study_folder(run: Path, failure: Failure) -> Path:
    """Return where the study of a failure is kept."""
    return (run if run.is_dir() else run.parent) / "minimize" / failure.name


def read_study(path: Path) -> Minimized:
    """Read a ``minimized.json``; raises UsageError when it isn't one."""
    data = read_json(path, _Study, "the result of a minimization")
    figures: JsonObject = {name: data[name] for name in _FIGURES if name in data}
    neighbour = data["neighbour"]
    return Minimized(
        case=_case(path, data["case"]),
        original=_case(path, data["original"]),
        neighbour=None if neighbour is None else _case(path, neighbour),
        **figures,
    )


_FIGURES = ("rate", "reproduced", "asked", "low", "high", "calls", "rounds", "complete", "reason",
            "neighbour_asked")  # fmt: skip


def _case(path: Path, data: JsonObject) -> Case:
    try:
        return case_from_json(data)
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}") from None


def read_attribution(path: Path) -> JsonObject:
    """Read an ``attribution.json``; raises UsageError when it isn't one."""
    return read_json(path, _Attribution, "the result of an attribution")
