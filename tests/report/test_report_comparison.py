"""Hostile names in every format of a comparison."""

import csv
import io

import pytest
from report_run import HOSTILE, a_run

from toolfuzz.analyze.compare import compare
from toolfuzz.analyze.load import collect
from toolfuzz.core.events import CaseDrawn, VerdictReached
from toolfuzz.report.comparison import matrix, money
from toolfuzz.report.comparison_files import render


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("form", ["table", "md", "csv", "json"])
def test_hostile_text_is_inert(form: str, text: str) -> None:
    made = render(compare([(text, a_run(text, targets=2))]), form)
    made.encode()
    assert "\x1b" not in made
    assert "\x00" not in made
    if form == "csv":
        rows = list(csv.reader(io.StringIO(made)))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not any(c.startswith(("=", "@")) for row in rows[1:] for c in row)
    if form == "md":
        board = [line for line in made.splitlines() if line.startswith("| ")][:4]
        bars = {line.replace("\\|", "").count("|") for line in board}
        assert len(bars) == 1


def test_a_defect_not_seen_is_zero_and_a_feature_not_asked_is_unknown() -> None:
    one, two = a_run("one"), a_run("two")
    right = [VerdictReached(v) for v in two.verdicts if v.status != "fail"]
    two = collect([two.started, *map(CaseDrawn, two.cases.values()), *right])
    result = compare([("one", one), ("two", two)])
    labels, rows = matrix(result, "defects")
    assert labels == ["two", "one"]
    none, some = dict(rows)["string-as-container"]
    assert none is not None and none.rate == none.low == 0 < none.high
    assert some is not None and some.rate == pytest.approx(1 / 3)
    assert None in dict(matrix(result, "features")[1]).get("one", [None])


@pytest.mark.parametrize(
    ("amount", "words"),
    [(None, "unknown"), (0.0, "$0.00"), (1.234, "$1.23"), (0.001234, "$0.0012")],
)
def test_money(amount: float | None, words: str) -> None:
    assert money(amount) == words
