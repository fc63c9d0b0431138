import csv as stdlib_csv
import io
import sys
from dataclasses import replace

import pyarrow.parquet
import pytest
from report_run import HOSTILE, a_run, summary_of

from toolfuzz.analyze.load import collect
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, VerdictReached
from toolfuzz.report.formats import csv, parquet
from toolfuzz.report.formats._rows import COLUMNS, rows
from toolfuzz.report.write import parse_wanted


def read_csv(text: str = "plain") -> list[dict[str, str]]:
    run = a_run(text)
    return list(stdlib_csv.DictReader(io.StringIO("".join(csv.render(run, summary_of(run))))))


def test_csv_has_a_line_a_verdict() -> None:
    table = read_csv()
    assert [row["status"] for row in table] == ["pass", "fail", "pass", "unjudged"]
    assert table[1]["defects"] == "string-as-container"
    assert table[1]["features"] == "plain;shared"
    assert (table[0]["simulated"], table[0]["latency_ms"]) == ("false", "1500.0")
    assert (table[0]["reason"], table[3]["reason"]) == ("", "plain")
    assert list(table[0]) == list(COLUMNS)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_or_breaks_the_line(text: str) -> None:
    table = read_csv(text)
    assert len(table) == 4
    for row in table:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())
        assert not any(set(cell) & set("\x00\x1b\n\r\u202e") for cell in row.values())


@pytest.mark.parametrize("first", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
def test_what_a_spreadsheet_takes_for_a_formula_is_text(first: str) -> None:
    assert csv.cell(f"{first}1+1") == f"'{first}1+1"
    assert csv.cell([f"{first}1", "x"]) == f"'{first}1;x"
    assert (csv.cell(-1), csv.cell(True), csv.cell("1-1")) == (-1, "true", "1-1")


@pytest.mark.parametrize("text", ["plain", *HOSTILE])
def test_parquet_holds_the_same_rows(text: str) -> None:
    run = a_run(text, kind="simulated")
    table = pyarrow.parquet.read_table(io.BytesIO(parquet.render(run, summary_of(run))))
    assert table.to_pylist() == list(rows(run))
    assert set(table.column("simulated").to_pylist()) == {True}
    assert table.schema.metadata[b"toolfuzz_version"] == b"0.1.0"


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said with the options, before anything is asked."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="--report parquet needs pyarrow") as caught:
        parse_wanted(["junit", "parquet"])
    assert "toolfuzz[parquet]" in (caught.value.hint or "")


@pytest.mark.parametrize("tokens", [2**63 - 2, 2**63, 10**20])
def test_any_number_of_tokens_fits_into_a_table(tokens: int) -> None:
    run = a_run()
    metrics = replace(run.verdicts[0].metrics, input_tokens=tokens)
    dear = replace(run.verdicts[0], metrics=metrics)
    run = collect([run.started, *map(CaseDrawn, run.cases.values()), VerdictReached(dear)])
    table = pyarrow.parquet.read_table(io.BytesIO(parquet.render(run, summary_of(run))))
    assert table.column("input_tokens")[0].as_py() == (tokens if tokens < 2**63 else None)
