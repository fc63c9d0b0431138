from dataclasses import replace

import pytest
from made_up import TARGETS, case, events

from toolfuzz.analyze.doubts import DAYS_FRESH, doubts
from toolfuzz.analyze.load import RunData, collect
from toolfuzz.core.events import RunFinished, TargetGivenUp
from toolfuzz.core.exchange import Target

DAY = 86_400
ASKED = [case(n, features=("string", "object") if n < 3 else ("string",)).id for n in range(1, 7)]


def doubted(run: RunData, candidate: Target = TARGETS[0], **given: object) -> list[str]:
    options = {"asked": ASKED, "judged_alike": True, "now": 1000.0 + DAY, **given}
    return doubts(run, "sim/clean", candidate, **options)  # type: ignore[arg-type]


def test_a_fresh_run_of_the_same_cases_is_fit() -> None:
    assert doubted(collect(events())) == []


@pytest.mark.parametrize(("days", "old"), [(DAYS_FRESH, False), (DAYS_FRESH + 1, True)])
def test_an_old_run_is_doubted(days: int, old: bool) -> None:
    assert bool(doubted(collect(events()), now=1000.0 + days * DAY)) is old


@pytest.mark.parametrize(
    ("end", "word"), [([], "cut off"), ([RunFinished(1.0, "interrupted")], "interrupted")]
)
def test_an_unfinished_run_is_doubted(end: list, word: str) -> None:
    [doubt] = doubted(collect([*events()[:-1], *end]))
    assert word in doubt


def test_a_simulated_run_is_no_baseline_for_a_real_model() -> None:
    [doubt] = doubted(collect(events()), TARGETS[1])
    assert "another kind (simulated)" in doubt


def test_other_cases_are_doubted() -> None:
    [doubt] = doubted(collect(events()), asked=[*ASKED[:2], "other", "another"])
    assert "only 2 of the 4 cases" in doubt


def test_other_rules_of_judging_are_doubted() -> None:
    [doubt] = doubted(collect(events()), judged_alike=False)
    assert "--strict" in doubt


def test_a_target_that_was_given_up_is_doubted() -> None:
    *rest, end = events()
    [doubt] = doubted(collect([*rest, TargetGivenUp("sim/clean", "HTTP 402", 25), end]))
    assert doubt == "sim/clean was given up (HTTP 402)"


@pytest.mark.parametrize(("model", "doubtful"), [("clean", True), ("another", False)])
def test_the_same_model_in_another_wire_format_is_doubted(model: str, doubtful: bool) -> None:
    """Of two models each has the format of its service; that is what is checked then."""
    other = replace(TARGETS[0], model=model, format="gemini")
    found = doubted(collect(events()), other)
    assert found == (
        [
            "its answers came as openai-chat, the candidate's would as gemini: a difference may "
            "be the format's"
        ]
        if doubtful
        else []
    )
