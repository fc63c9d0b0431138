"""Apache Parquet: one row a verdict, for pandas, DuckDB and the like. Needs pyarrow."""

import io
from itertools import islice
from typing import Any

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.report.formats._rows import COLUMNS, rows

__all__ = ["EXTRA", "FILE", "render"]

FILE = "verdicts.parquet"
EXTRA = "parquet"
_GROUP = 10_000
"""Rows of a row group, which are all that is in memory at once."""


def render(run: RunData, summary: JsonObject) -> bytes:
    """Return the file; the columns have the same types whatever the run holds."""
    import pyarrow
    import pyarrow.parquet

    made_by = {"toolfuzz_version": printable(summary["toolfuzz_version"])}
    schema = _schema(pyarrow).with_metadata(made_by)
    file, left = io.BytesIO(), rows(run)
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:
        while group := list(islice(left, _GROUP)):
            writer.write_table(pyarrow.Table.from_pylist(group, schema=schema))
    return file.getvalue()


def _schema(pa: Any) -> Any:
    types = {
        str: pa.string(),
        bool: pa.bool_(),
        int: pa.int64(),
        float: pa.float64(),
        list: pa.list_(pa.string()),
    }
    return pa.schema({name: types[held] for name, held in COLUMNS.items()})
