"""What must be known beside the table."""

from report_run import a_run, summary_of
from rich.text import Text

from toolfuzz.report.notes import notes


def test_retries_are_told_whether_or_not_something_is_unjudged() -> None:
    summary = summary_of(a_run("x"))
    target = summary["targets"][0]
    for unjudged, retries, said in ((0, 1, "1 retry"), (3, 2, "2 retries")):
        target |= {"unjudged": unjudged, "unjudged_reasons": {"refused": 3}, "retries": retries}
        lines = [line.plain for line in notes(summary) if isinstance(line, Text)]
        assert any(line.startswith(f"{target['target']}: {said}") for line in lines)
        told = f"{target['target']}: 3 unjudged, not counted as failures (3× refused)"
        assert (told in lines) is bool(unjudged)
