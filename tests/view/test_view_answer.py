"""What a list of runs begins with: which models fail in their latest runs."""

import pytest

from toolfuzz.view.answer import Answer, answer
from toolfuzz.view.rows import Figures, Row

NONE = Figures("gone", "", "", None, 0, 1, 0, 0, 5, None, "unsure")


def model(name: str, tone: str, failed: int = 0) -> Figures:
    return Figures(name, "", "", 1 - failed / 100, 0.0, 1.0, 100, failed, 0, None, tone)


def run(day: float, *models: Figures) -> Row:
    return Row(day, "done", 100, "x", "", [*models])


@pytest.mark.parametrize(
    ("runs", "tone", "said"),
    [
        (
            [run(2, model("a", "bad", 10), model("b", "good")), run(1, model("b", "bad", 90))],
            "bad",
            "a fails in its latest run: 1 call in 10 fails (10 of 100); no other model is shown",
        ),
        (
            [run(1, model("a", "bad", 10), model("b", "bad", 60), NONE)],
            "bad",
            "b and a fail in their latest runs; of b, 60 of 100 calls fail.",
        ),
        ([run(1, model("m" * 300, "bad", 1))], "bad", "mm…mm fails in its latest run: 1 of 100 "),
        ([run(1, model("a", "bad", 9)), run(2, model("a", "good"))], "good", "a is sound in its"),
        ([run(1, model("a", "good"), model("b", "good"))], "good", "All 2 models are sound"),
        ([run(1, model("a", "good"), model("b", "unsure"))], "unsure", "fail in its latest run, "),
    ],
)
def test_what_the_latest_runs_come_to(runs: list[Row], tone: str, said: str) -> None:
    found = answer(runs)
    assert isinstance(found, Answer) and found.tone == tone
    start, _, end = said.partition("…")
    assert start in found.sentence and end in found.sentence and len(found.sentence) < 200


def test_of_what_was_not_judged_nothing_is_said() -> None:
    assert answer([run(1, NONE)]) is None
    assert answer([run(1, model("worlds", ""))]) is None
