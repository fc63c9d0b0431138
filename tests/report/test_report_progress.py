"""What a person sees while a run goes on."""

import time
from dataclasses import replace

import pytest
from report_run import a_run
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from toolfuzz.core.events import ExchangeRecorded, RunStarted, VerdictReached
from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.core.verdict import Metrics, Verdict
from toolfuzz.report.progress import _Lines, live_view, progress, words
from toolfuzz.report.tally import Tally


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def asked(verdict: Verdict) -> Exchange:
    attempt = Attempt(0.0, 5.0, 10.0, 200, {}, ())
    return Exchange(verdict.case_id, 0, verdict.target, 0, False, {}, (attempt,))


def tally_of(text: str = "model", *, targets: int = 1, check: bool = False) -> Tally:
    clock = Clock()
    tally = Tally(clock=clock)
    run = a_run(text, targets=targets)
    settings = {"cases": 40, "repeat": 1, **({"check": {}} if check else {})}
    tally.take(RunStarted(0.0, "0.1.0", run.started.targets, settings))
    for verdict in run.verdicts:
        clock.now += 8 / len(run.verdicts)
        tally.take(ExchangeRecorded(asked(verdict)))
        tally.take(VerdictReached(verdict))
    return tally


def test_figures() -> None:
    tally = tally_of()
    (one,) = tally.targets.values()
    assert (tally.done, tally.total) == (4, 40)
    assert (one.failed, one.unjudged) == (1, 1)
    assert one.rate().rate == pytest.approx(2 / 3)
    assert tally.pace == pytest.approx(4 / 8)
    assert tally.left == pytest.approx(36 * 2)


def test_time_left_is_told_by_the_pace_of_late() -> None:
    clock = Clock()
    tally = Tally(clock=clock)
    run = a_run()
    tally.take(RunStarted(0.0, "0.1.0", run.started.targets, {"cases": 140, "repeat": 1}))
    (one,) = tally.targets.values()
    for seconds in [60.0] * 3 + [1.0] * 37:
        assert (tally.left is None) == (one.done < 4)
        clock.now += seconds
        verdict = replace(run.verdicts[0], case_id=str(one.done))
        tally.take(ExchangeRecorded(asked(verdict)))
        tally.take(VerdictReached(verdict))
    assert one.between == pytest.approx(1.0) and tally.left == pytest.approx(100.0)


def test_a_slow_target_is_told_of_once(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    shown = _Lines(Tally(clock=clock))
    run = a_run()
    shown.tell(RunStarted(0.0, "0.1.0", run.started.targets, {"cases": 100, "repeat": 1}))
    for n in range(8):
        clock.now += 40
        verdict = replace(run.verdicts[0], case_id=str(n))
        shown.tell(ExchangeRecorded(asked(verdict)))
        shown.tell(VerdictReached(verdict))
    assert capsys.readouterr().err == (
        "plain: an answer every 40 s, so about 1:04:00 for the 96 questions left; "
        "15 take 10:00 (--cases)\n"
    )


def test_where_nothing_is_answered_the_time_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    shown = _Lines(Tally(clock=clock))
    shown.tick()
    clock.now += 10
    shown.tick()
    shown.tick()
    run = a_run()
    shown.tell(RunStarted(0.0, "0.1.0", run.started.targets, {"cases": 4, "repeat": 1}))
    clock.now += 10
    shown.tick()
    assert capsys.readouterr().err.splitlines() == [
        "waiting for a first answer · 0:10", "0 of 4 · nothing judged yet · 0:10",
    ]  # fmt: skip


def test_stored_answers_count_and_cost_nothing() -> None:
    run = a_run()
    tally = Tally(lambda model, nature: lambda given, made: float(given + made))
    tally.take(RunStarted(0.0, "0.1.0", run.started.targets, {"cases": 4, "repeat": 1}))
    dear = replace(run.verdicts[0], metrics=Metrics(input_tokens=100, output_tokens=20))
    tally.take(VerdictReached(dear))
    assert (tally.done, tally.spent, tally.pace) == (1, None, None)
    tally.take(ExchangeRecorded(asked(dear)))
    tally.take(VerdictReached(dear))
    assert tally.spent == 120


def test_a_verdict_that_takes_an_unjudged_ones_place_counts_once() -> None:
    tally = tally_of()
    (one,) = tally.targets.values()
    [lost] = [v for v in a_run("model").verdicts if v.status == "unjudged"]
    tally.take(VerdictReached(replace(lost, status="fail", reason=None)))
    assert (tally.done, one.unjudged, one.failed) == (4, 0, 2)


def test_words() -> None:
    assert words(tally_of()) == (
        "4 of 40 · 66.7% passed (9.4 – 97.5) · 1 failed, mostly string-as-container (1) · "
        "1 unjudged · 0:08 · 1:12 left · 0.5 calls/s"
    )


def test_a_check_ends_when_it_knows() -> None:
    said = words(tally_of(check=True))
    assert said.startswith("4 of at most 40")
    assert "left" not in said


def test_money_is_shown_when_all_of_it_is_known() -> None:
    run = a_run("model", targets=2)
    tally = Tally(lambda model, nature: lambda given, made: 0.25)
    tally.take(RunStarted(0.0, "0.1.0", run.started.targets, {"cases": 4, "repeat": 1}))
    assert tally.spent == 0.5
    unknown = Tally(lambda model, nature: lambda given, made: 0.25 if model == "model" else None)
    first, second = run.started.targets
    targets = (first, replace(second, model="another"))
    unknown.take(RunStarted(0.0, "0.1.0", targets, {"cases": 4, "repeat": 1}))
    assert unknown.spent is None


@pytest.mark.parametrize("width", [60, 80, 140])
def test_live_view(width: int, snapshot: SnapshotAssertion) -> None:
    console = Console(width=width, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(live_view(tally_of(targets=2), width=width))
    lines = [line.rstrip() for line in capture.get().splitlines()]
    assert all(len(line) <= width for line in lines)
    assert lines == snapshot


def test_hostile_names_cannot_steer_the_terminal() -> None:
    tally = tally_of("\x1b[2J\u202e")
    console = Console(width=100, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(live_view(tally, width=100))
    assert "\x1b[2J" not in capture.get()
    assert "\u202e" not in words(tally)


def test_lines_come_only_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    run = a_run()
    with progress(quiet=False) as show:
        show.tell(RunStarted(0.0, "0.1.0", run.started.targets, {"cases": 4, "repeat": 1}))
        for verdict in run.verdicts:
            show.tell(VerdictReached(verdict))
    assert capsys.readouterr().err == ""


def test_quiet_says_only_what_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=True) as show:
        show.note("finishing")
    assert capsys.readouterr() == ("", "finishing\n")
