"""Comma-separated values: one line a verdict (RFC 4180)."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.report.formats._rows import COLUMNS, rows

__all__ = ["FILE", "cell", "render"]

FILE = "verdicts.csv"
# A spreadsheet takes a cell that begins so for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def render(run: RunData, summary: JsonObject) -> Iterator[str]:
    """Give the table line by line; lists are joined by ``;``, unknown values are empty."""
    line = io.StringIO()
    writer = csv.DictWriter(line, fieldnames=list(COLUMNS))
    writer.writeheader()
    for row in rows(run):
        writer.writerow({name: cell(value) for name, value in row.items()})
        yield line.getvalue()
        line.seek(0)
        line.truncate()
    yield line.getvalue()


def cell(value: Any) -> Any:
    """Return what stands in a cell: lists joined, nothing that a spreadsheet would compute."""
    if isinstance(value, list):
        value = ";".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
