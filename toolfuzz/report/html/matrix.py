"""Heat maps: a figure per model in every row, those that are shown to be worst first."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt

from toolfuzz.analyze.ranking import FEW, least, least_failing
from toolfuzz.core.case import JsonObject
from toolfuzz.judge.catalogue import defects
from toolfuzz.report.html.models import Model
from toolfuzz.report.words import count, percent

__all__ = ["HEATS", "Cell", "Row", "by_defect", "by_rate", "heat"]

HEATS = 8
_DEFECTS_NAMED = 2


_NOTHING = "–"
"""What a cell says where nothing was judged."""


@dataclass(frozen=True, slots=True)
class Cell:
    """``heat`` is 0 (nothing failed) to HEATS (all did), by the least that the interval leaves.

    It is None for nothing measured, and where it was measured on a ``few`` calls only. ``failed``
    says that there are failures to look at.
    """

    text: str
    small: str = ""
    detail: str = "not measured"
    heat: int | None = None
    failed: bool = False
    few: bool = False


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
        return not any(cell.failed for cell in self.cells)

    @property
    def measured(self) -> bool:
        """Whether anything of it was judged anywhere."""
        return any(cell.text != _NOTHING for cell in self.cells)


def by_rate(models: Sequence[Model], part: str) -> list[Row]:
    """Return success rates per feature, probe or mode (``part`` names the summary's entry)."""
    return _rows(models, part, _rate_cell, least_failing)


def by_tool(models: Sequence[Model]) -> list[Row]:
    """Return success rates per tool of the user's own, each with what failed most."""
    return [replace(row, note=_defects(models, row.name)) for row in by_rate(models, "tools")]


def _defects(models: Sequence[Model], tool: str) -> str:
    found: Counter[str] = Counter()
    for model in models:
        found.update(model.figures["tools"].get(tool, {}).get("defects", {}))
    return ", ".join(slug for slug, _ in found.most_common(_DEFECTS_NAMED))


def by_defect(models: Sequence[Model], part: str = "defects") -> list[Row]:
    """Return the share of judged replies with each defect (or with each of the ``warnings``)."""
    return _rows(models, part, _share_cell, least)


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
        return Cell(_NOTHING)
    failed = entry["judged"] - entry["passed"]
    detail = (
        f"{entry['passed']} of {count(entry['judged'], 'judged call')} passed, 95% interval "
        f"{entry['low']:.1%} – {entry['high']:.1%}"
    )
    few = entry["judged"] < FEW
    warmth = None if few else heat(least_failing(entry))
    return Cell(percent(entry["rate"]), str(entry["judged"]), detail, warmth, failed > 0, few)


def _share_cell(model: Model, entry: JsonObject | None) -> Cell:
    judged = model.figures["judged"]
    few = 0 < judged < FEW
    if entry is None:
        none = f"in none of {count(judged, 'judged call')}"
        return Cell("0", "", none, None if few else 0, few=few) if judged else Cell(_NOTHING)
    detail = (
        f"in {entry['replies']} of {count(judged, 'judged call')} "
        f"({count(entry['cases'], 'case')}), 95% interval {entry['low']:.1%} – {entry['high']:.1%}"
    )
    warmth = None if few else heat(least(entry))
    return Cell(percent(entry["rate"]), str(entry["replies"]), detail, warmth, True, few)


def heat(share: float) -> int:
    """Return how hot a share is, up to HEATS; the root makes one in a hundred visible."""
    return ceil(HEATS * sqrt(share)) if share > 0 else 0
