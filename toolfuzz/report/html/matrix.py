"""Heat maps: a figure per model in every row, the worst rows first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from toolfuzz.core.case import JsonObject
from toolfuzz.judge.catalogue import defects
from toolfuzz.report.html.models import Model
from toolfuzz.report.words import count, percent

__all__ = ["HEATS", "Cell", "Row", "by_defect", "by_rate"]

HEATS = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """``heat`` is 0 (nothing failed) to HEATS (all did), None for nothing measured.

    ``failed`` says that there are failures to look at.
    """

    text: str
    small: str = ""
    detail: str = "not measured"
    heat: int | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """``note`` explains the name."""

    name: str
    note: str
    cells: list[Cell]
    total: float

    @property
    def cold(self) -> bool:
        """Whether nothing failed anywhere."""
        return not self.total


def by_rate(models: Sequence[Model], part: str) -> list[Row]:
    """Return success rates per feature, probe or mode (``part`` names the summary's entry)."""
    return _rows(models, part, _rate_cell, lambda entry: 1 - entry["rate"])


def by_defect(models: Sequence[Model], part: str = "defects") -> list[Row]:
    """Return the share of judged replies with each defect (or with each of the ``warnings``)."""
    return _rows(models, part, _share_cell, lambda entry: entry["rate"])


def _rows(
    models: Sequence[Model],
    part: str,
    cell: Callable[[Model, JsonObject | None], Cell],
    badness: Callable[[JsonObject], float],
) -> list[Row]:
    names = dict.fromkeys(name for model in models for name in model.figures[part])
    rows = []
    for name in names:
        entries = [model.figures[part].get(name) for model in models]
        known = defects().get(name)
        rows.append(
            Row(
                name,
                known.title if known else "",
                [cell(model, entry) for model, entry in zip(models, entries, strict=True)],
                _total(badness(entry) for entry in entries if entry),
            )
        )
    return sorted(rows, key=lambda row: (-row.total, row.name))


def _total(shares: Iterable[float]) -> float:
    return sum(shares)


def _rate_cell(model: Model, entry: JsonObject | None) -> Cell:
    if entry is None or entry["rate"] is None:
        return Cell("–")
    failed = entry["judged"] - entry["passed"]
    detail = (
        f"{entry['passed']} of {count(entry['judged'], 'judged call')} passed, 95% interval "
        f"{entry['low']:.1%} – {entry['high']:.1%}"
    )
    return Cell(
        percent(entry["rate"]), str(entry["judged"]), detail, _heat(1 - entry["rate"]), failed > 0
    )


def _share_cell(model: Model, entry: JsonObject | None) -> Cell:
    judged = model.figures["judged"]
    if entry is None:
        return (
            Cell("0", "", f"in none of {count(judged, 'judged call')}", 0) if judged else Cell("–")
        )
    detail = (
        f"in {entry['replies']} of {count(judged, 'judged call')} "
        f"({count(entry['cases'], 'case')}), 95% interval {entry['low']:.1%} – {entry['high']:.1%}"
    )
    return Cell(percent(entry["rate"]), str(entry["replies"]), detail, _heat(entry["rate"]), True)


def _heat(share: float) -> int:
    """The root makes a share of one in a hundred visible."""
    return ceil(HEATS * sqrt(share)) if share > 0 else 0
