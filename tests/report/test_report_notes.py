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


def test_asking_again_and_other_spellings_are_told() -> None:
    summary = summary_of(a_run("x"))
    target = summary["targets"][0]
    target |= {"pass_k": {"1": 0.9, "2": 0.85, "3": 0.8}}
    spelled = {"pairs": 20, "only_original_fails": 3, "only_respelled_fails": 1}
    same = {"pairs": 4, "only_original_fails": 0, "only_respelled_fails": 0}
    target |= {"respelled": {"inlined-ref": spelled, "neutral-names": same}}
    lines = [line.plain for line in notes(summary) if isinstance(line, Text)]
    name = target["target"]
    again = (
        f"{name}: asked 3 times, 80.0% of the cases were right every time (pass^3); of single "
        "askings 90.0% were"
    )
    other = (
        f"{name}: 24 questions asked under 2 other spellings of their schema: inlined-ref (20 "
        "pairs): 3 failed only as given, 1 only respelled"
    )
    assert again in lines and other in lines
    target |= {"pass_k": {}, "respelled": {"neutral-names": same}}
    lines = [line.plain for line in notes(summary) if isinstance(line, Text)]
    assert any(line.endswith("of their schema: none came out otherwise") for line in lines)
    assert not any("pass^" in line for line in lines)
