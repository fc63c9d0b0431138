"""The queries of docs/scale.md, as they stand there, over runs kept by the commands beside them."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from toolfuzz.cli import cli

duckdb = pytest.importorskip("duckdb", reason="needs duckdb, which the dev extra installs")

PAGE = (Path(__file__).parents[2] / "docs/scale.md").read_text(encoding="utf-8")
DAYS = ("2026-11-27", "2026-11-28")
MODELS = ("sim/glm-4.7", "sim/fault:object-as-json-string@0.5")


def queries() -> list[str]:
    (block,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    return [query.strip() for query in block.split(";") if query.strip()]


def put(*command: str) -> None:
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Any]]]:
    """Return where the lake lies, and the summary of each day's run."""
    folder, summaries = tmp_path_factory.mktemp("store"), {}
    keep, pack = re.findall(r"\$ toolfuzz ((?:report|pack) reports/RUN.*)", PAGE)
    for day in DAYS:
        models = [word for model in MODELS for word in ("-m", model)]
        run = folder / "reports" / day
        put("run", *models, "--cases", "6", "--seed", day[-2:], "--out", str(run))
        for line in (keep, pack):
            told = line.replace("reports/RUN", str(run)).replace("RUN", day)
            told = told.replace("2026-11-27", day).replace("lake/", f"{folder}/lake/")
            put(*told.split())
        summaries[day] = json.loads((run / "summary.json").read_bytes())
    return folder, summaries


@pytest.fixture
def asked(
    lake: tuple[Path, dict[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> dict[str, dict[str, Any]]:
    monkeypatch.chdir(lake[0])
    return lake[1]


def test_the_page_has_two_queries() -> None:
    assert len(queries()) == 2


def test_rates_by_day_are_those_of_the_summaries(asked: dict[str, dict[str, Any]]) -> None:
    found = duckdb.sql(queries()[0]).fetchall()
    told = [
        (day, target["target"], target["judged"], target["rate"])
        for day, summary in asked.items()
        for target in summary["targets"]
    ]
    assert sorted((str(day), *row) for day, *row in found) == sorted(told)
    assert [row[:2] for row in found] == sorted(row[:2] for row in found)
    assert len({rate for *_, rate in told}) > 1


def test_defects_of_a_day_are_those_of_its_summary(asked: dict[str, dict[str, Any]]) -> None:
    found = duckdb.sql(queries()[1]).fetchall()
    told: Counter[str] = Counter()
    for target in asked[DAYS[0]]["targets"]:
        for slug, defect in target["defects"].items():
            told[slug] += defect["replies"]
    assert dict(found) == dict(told) != {}
    assert [count for _, count in found] == sorted(told.values(), reverse=True)
