from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from report_run import HOSTILE, a_run, summary_of, text_of

from toolfuzz.core.errors import UsageError
from toolfuzz.report import formats
from toolfuzz.report.formats import (
    announcement,
    badge,
    format_names,
    made,
    name_of,
    report_format,
)


def test_every_format_renders_every_run() -> None:
    assert {"badge", "csv", "github", "junit", "markdown", "parquet"} <= set(format_names())
    files = set()
    for name in format_names():
        form = report_format(name)
        run = a_run()
        assert all(text_of(pieces) for _, pieces in made(form, run, summary_of(run)))
        files.add(name_of(form))
    assert len(files) == len(format_names())


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="unknown report 'junti'") as caught:
        report_format("junti")
    assert "junit" in (caught.value.hint or "")


def test_a_new_file_is_a_new_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = 'FILE = "mine.txt"\n\n\ndef render(run, summary):\n    return str(len(run.verdicts))\n'
    (tmp_path / "my_own.py").write_text(source)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    format_names.cache_clear()
    try:
        run = a_run()
        assert report_format("my-own").render(run, summary_of(run)) == "4"
        assert announcement(report_format("my-own"), run, summary_of(run)) == ""
    finally:
        format_names.cache_clear()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_badge_is_inert_svg(text: str) -> None:
    run = a_run(text, targets=2)
    svg = Xml.fromstring(badge.render(run, summary_of(run)))
    tags = {element.tag.rpartition("}")[2] for element in svg.iter()}
    assert tags == {"svg", "title", "rect", "text"}


def test_a_badge_says_the_rate_and_what_was_simulated() -> None:
    run = a_run(kind="simulated")
    svg = Xml.fromstring(badge.render(run, summary_of(run)))
    words = [element.text for element in svg.iter() if element.tag.endswith("}text")]
    assert words[0] == "tool calls (simulated)"
    assert words[1] is not None and words[1].startswith("66.7% (")
