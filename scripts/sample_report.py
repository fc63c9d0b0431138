"""Make reports/sample-run.html from the journal beside it; with --fresh from a new simulated run.

python scripts/sample_report.py [--fresh]
"""

import shutil
import sys
import tempfile
from pathlib import Path

import toolfuzz
from toolfuzz.analyze.load import collect
from toolfuzz.analyze.summary import summarize
from toolfuzz.report.formats.html import render
from toolfuzz.runs.journal import JOURNAL_NAME
from toolfuzz.runs.reading import read_journal

REPORTS = Path(__file__).parents[1] / "reports"
SAMPLE = REPORTS / "sample-run"
MODELS = ["sim/claude-opus", "sim/glm-4.7", "sim/qwen-xml"]


def main() -> None:
    """Run when there is no journal yet or a fresh one is wanted, then render."""
    if "--fresh" in sys.argv or not SAMPLE.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            toolfuzz.run(MODELS, cases=20, seed=2, stream="both", out=Path(folder) / "run")
            SAMPLE.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(folder) / "run" / JOURNAL_NAME, SAMPLE / JOURNAL_NAME)
    run = collect(read_journal(SAMPLE), keep_exchanges=True)
    REPORTS.joinpath("sample-run.html").write_text(render(run, summarize(run)), encoding="utf-8")


if __name__ == "__main__":
    main()
