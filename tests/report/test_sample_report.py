"""The committed sample is what its journal gives today."""

import re
from pathlib import Path

from toolfuzz.analyze.load import collect
from toolfuzz.analyze.summary import summarize
from toolfuzz.report.formats.html import render
from toolfuzz.runs.reading import read_journal

REPORTS = Path(__file__).parents[2] / "reports"


def without_clients(page: str) -> str:
    """Leave out what the installed SDKs say: it changes with their versions."""
    return re.sub(
        r'<h4>What client code gets</h4>\n<ul class="clients">.*?</ul>\n', "", page, flags=re.S
    )


def test_the_sample_is_what_its_journal_gives() -> None:
    run = collect(read_journal(REPORTS / "sample-run"), keep_exchanges=True)
    committed = (REPORTS / "sample-run.html").read_text(encoding="utf-8")
    same = without_clients(render(run, summarize(run))) == without_clients(committed)
    assert same, "python scripts/sample_report.py makes it again"


def test_the_sample_is_small_and_says_that_it_is_simulated() -> None:
    page = (REPORTS / "sample-run.html").read_text(encoding="utf-8")
    assert len(page) < 400_000
    assert "<title>Simulated: " in page
    assert "no model was asked, its faults are planted" in page
    assert page.count('class="failure"') > 5
