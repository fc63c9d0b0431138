"""Lists begin with what is shown, and few calls show little."""

import re
from dataclasses import replace

import pytest
from made_up import STRINGIFIED, case, verdict
from rich.console import Console

from toolfuzz.analyze.compare import compare
from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.ranking import FEW, least, least_failing, tone
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import CaseDrawn, Event, RunFinished, RunStarted, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.core.verdict import Finding
from toolfuzz.report.comparison import comparison_view, matrix
from toolfuzz.report.comparison_files import render
from toolfuzz.report.formats import markdown
from toolfuzz.report.html import render_run

RARE = Finding("null-as-string", "error", "arguments", "a null", call=0)
# Feature: (failed, judged). By the rate alone the order would be often, once, never, half, …
FEATURES = {"often": (30, 40), "once": (1, 1), "half": (6, 12), "seldom": (1, 30), "never": (0, 1)}


def run(target: str = "a/x") -> RunData:
    """A run in which each feature has its own cases; the feature ``once`` fails in its own way."""
    lines: list[Event] = [RunStarted(0.0, "0.1.0", (Target(target, "a", "x", "openai-chat"),))]
    number = 0
    for feature, (failed, judged) in FEATURES.items():
        for n in range(judged):
            number += 1
            asked = case(number, features=(feature,))
            found = (RARE if feature == "once" else STRINGIFIED,) if n < failed else ()
            said = verdict(asked, "fail" if found else "pass", *found, target=target)
            lines += [CaseDrawn(asked), VerdictReached(said)]
    return collect([*lines, RunFinished(1.0)])


def test_features_and_defects_are_in_the_order_of_what_is_shown() -> None:
    [target] = summarize(run())["targets"]
    features, defects = target["features"], target["defects"]
    assert list(features) == ["often", "half", "once", "seldom", "never"]
    shown = [least_failing(entry) for entry in features.values()]
    assert shown == sorted(shown, reverse=True)
    assert list(defects) == ["object-as-json-string", "null-as-string"]
    assert least(defects["object-as-json-string"]) > least(defects["null-as-string"])


@pytest.mark.parametrize(
    ("share", "calls", "told"),
    [(0.21, 1, "few"), (0.9, FEW - 1, "few"), (0.9, FEW, "red"), (0.1, 50, "red"),
     (0.099, 50, "yellow"), (0.01, 50, "yellow"), (0.009, 50, "plain"), (0.0, 50, "plain")],
)  # fmt: skip
def test_few_calls_have_no_colour(share: float, calls: int, told: str) -> None:
    assert tone(share, calls) == told


def heats(page: str) -> dict[str, str]:
    """Return the class of the cell of each row in the table of features."""
    part = page.partition('id="features"')[2].partition('id="probes"')[0]
    rows = part.split('<th scope="row"><code>')[1:]
    return {
        row.partition("<")[0]: row.partition('<td class="')[2].partition('"')[0] for row in rows
    }


def test_a_page_colours_what_is_shown_and_greys_what_rests_on_few_calls() -> None:
    one = run()
    found = heats(render_run(one, summarize(one)))
    assert list(found) == ["often", "half", "once", "seldom", "never"]
    assert found["once"] == found["never"] == "heat few"
    often, half, seldom = (
        int(found[f].removeprefix("heat h")) for f in ("often", "half", "seldom")
    )
    assert 8 > often > half > seldom >= 1


def test_markdown_puts_few_calls_in_parentheses() -> None:
    one = run()
    weak = markdown.render(one, summarize(one)).partition("#### Weakest features")[2]
    shares = [line.split(" | ")[:2] for line in weak.splitlines() if line.startswith("| `")]
    assert shares[:3] == [["| `often`", "25.0%"], ["| `half`", "50.0%"], ["| `once`", "(0.0%)"]]


def compared() -> JsonObject:
    """Beside a target on which the same questions all passed, but for a single lost one."""
    other = run("a/y")
    right = [replace(v, status="pass", findings=()) for v in other.verdicts]
    drawn, said = map(CaseDrawn, other.cases.values()), map(VerdictReached, right)
    other = collect([other.started, *drawn, *said, RunFinished(1.0)])
    return compare([("x", run()), ("y", other)])


def test_a_comparison_begins_where_the_intervals_lie_farthest_apart() -> None:
    labels, rows = matrix(compared(), "features")
    assert labels == ["a/y", "a/x"]
    assert [name for name, _ in rows] == ["often", "half", "seldom", "once"]
    _, (first, *_) = matrix(compared(), "defects")
    assert first[0] == "object-as-json-string"
    page = render(compared(), "md")
    assert "| `once` | (100.0%) | (0.0%) |" in page
    assert "In parentheses: fewer than 10 calls." in page


def test_a_terminal_shows_them_in_colours() -> None:
    console = Console(width=120, force_terminal=True, color_system="standard", highlight=False)
    with console.capture() as capture:
        console.print(comparison_view(compared(), width=120))
    lines = {line.split()[0]: line for line in capture.get().splitlines() if line.strip()}
    assert re.search(r"\x1b\[31m *25\.0%", lines["often"])
    assert re.search(r"\x1b\[2m *\(0\.0%\)", lines["once"])
    assert "\x1b" not in lines["seldom"]
