"""The blocks of Python are run, but for those that a test of their own page runs."""

import re
from pathlib import Path

import needs
import pytest
from doc_samples import HOME, Sample, params, samples

TESTED_WITH_THEIR_PAGE = {
    "docs/ci.md": "tests/test_pytest_plugin.py",
    "docs/strategies.md": "tests/test_strategies_guide.py",
    "docs/parsers.md": "tests/engines/test_parser_guide.py",
}
PYTHON = [one for one in samples() if one.language == "python"]
RUN = [one for one in PYTHON if not one.part and one.page not in TESTED_WITH_THEIR_PAGE]


@pytest.mark.parametrize("sample", params(PYTHON))
def test_it_is_python(sample: Sample) -> None:
    """A part of a file leaves something out."""
    shown = re.sub(r"^ +\.\.\.\n", "", sample.text, flags=re.M) if sample.part else sample.text
    compile(shown, str(sample), "exec")


@needs.signals
@needs.shell
@pytest.mark.parametrize("sample", params(RUN))
def test_it_runs(sample: Sample, here: Path) -> None:
    exec(compile(sample.text, str(sample), "exec"), {"__name__": "sample"})


@pytest.mark.parametrize(("page", "test"), sorted(TESTED_WITH_THEIR_PAGE.items()))
def test_pages_with_a_test_of_their_own_have_it(page: str, test: str) -> None:
    assert Path(page).name in (HOME / test).read_text(encoding="utf-8")


def test_so_many_are_run() -> None:
    with_their_page = sum(one.page in TESTED_WITH_THEIR_PAGE for one in PYTHON)
    parts = sum(bool(one.part) for one in PYTHON)
    assert (len(RUN), with_their_page, parts) == (4, 8, 2)
