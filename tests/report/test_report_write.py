from pathlib import Path

import pytest
from report_run import a_run, summary_of

from toolfuzz.core.errors import UsageError
from toolfuzz.report.formats import format_names, name_of, report_format
from toolfuzz.report.write import Wanted, parse_wanted, write_reports


@pytest.fixture(autouse=True)
def _outside_of_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def test_reports_go_into_the_folder_of_the_run(tmp_path: Path) -> None:
    run = a_run()
    paths, announced = write_reports(parse_wanted(format_names()), run, summary_of(run), tmp_path)
    assert paths == [tmp_path / name_of(report_format(name)) for name in format_names()]
    assert all(any(path.iterdir()) if path.is_dir() else path.stat().st_size for path in paths)
    assert "::warning title=string-as-container" in announced


def test_a_path_is_obeyed_and_its_folder_made(tmp_path: Path) -> None:
    run, path = a_run(), tmp_path / "deep" / "er" / "x=y.xml"
    [written], announced = write_reports(
        parse_wanted([f"junit={path}"]), run, summary_of(run), tmp_path
    )
    assert written == path and path.read_bytes().startswith(b"<?xml")
    assert announced == ""


def test_github_appends_to_the_page_of_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    run = a_run()
    write_reports([Wanted("github"), Wanted("markdown")], run, summary_of(run), tmp_path)
    assert page.read_text().startswith("before\n## Tool calls")
    assert (tmp_path / "report.md").read_text().startswith("## Tool calls")


@pytest.mark.parametrize(
    ("spec", "says"), [("junti", "unknown report"), ("junit=", "empty"), ("csv=.", "a folder")]
)
def test_a_wrong_wish_is_refused_before_anything_is_asked(spec: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_wanted([spec])


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    run = a_run()
    (tmp_path / "file").write_text("")
    wanted = [Wanted("csv", tmp_path / "file" / "x.csv"), Wanted("junit")]
    with pytest.raises(UsageError, match="can't write the csv report"):
        write_reports(wanted, run, summary_of(run), tmp_path)
    assert (tmp_path / "junit.xml").exists()
