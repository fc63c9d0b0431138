"""Failures of a second turn, over real HTTP: made minimal, reported, attributed, asked again."""

import json
import re
from pathlib import Path
from typing import Any

import openai
import pytest
from click.testing import CliRunner, Result
from test_evidence_cli import reproduced

from toolfuzz.analyze.contrast import Tally
from toolfuzz.cli import cli
from toolfuzz.core.exchange import Attempt
from toolfuzz.evidence.corpus import case_with_defect
from toolfuzz.evidence.layer import Trial, of_history
from toolfuzz.formats import wire_format
from toolfuzz.judge.judge import judge
from toolfuzz.simulate.process import start


def toolfuzz_(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args], prog_name="toolfuzz")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")


def run(slug: str, folder: Path, *args: str) -> None:
    probes = [arg for name in ("followup", "error-result") for arg in ("--probe", name)]
    model = f"sim/fault:{slug}"
    done = toolfuzz_("run", "-m", model, "--cases", "8", *probes, "--out", folder, "--quiet", *args)
    assert done.exit_code == 0, done.output


def minimal(slug: str, folder: Path) -> dict[str, Any]:
    done = toolfuzz_("minimize", folder, "--most", "1", "--quiet", "--json")
    assert done.exit_code == 0, done.output
    (result,) = json.loads(done.stdout)
    assert result["slug"] == slug
    case: dict[str, Any] = result["case"]
    return case


def is_two_plain_turns(case: dict[str, Any]) -> bool:
    asked = [call["arguments"] for turn in case["turns"] for call in turn["expect"]["calls"]]
    return len(case["tools"]) == 1 and len(case["turns"]) == 2 and asked == [{}, {}]


SLUG = "history-args-type"


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minimized run on an endpoint that refuses its own calls when they come back."""
    folder = tmp_path_factory.mktemp("refused") / "run"
    run(SLUG, folder, "--report", "markdown", "--report", "junit", "--report", "html")
    assert is_two_plain_turns(minimal(SLUG, folder))
    assert toolfuzz_("bug", folder, "--most", "1").exit_code == 0
    return folder


def test_the_report_shows_every_turn_and_its_programs_the_failure(refused: Path) -> None:
    (report,) = (refused / "bugs").glob("*.md")
    text = report.read_text()
    assert "Turn 1:" in text
    assert "The result that was sent back:" in text
    assert "Turn 2, the one that fails:" in text
    known = case_with_defect(report.with_suffix(".json"))
    with start(profile=f"fault:{SLUG}") as simulator:
        programs = reproduced(text, "http://127.0.0.1:8399", simulator.base_url)
        _, printed = next(programs)
        attempt = Attempt(0.0, 1.0, 1.0, 500, {}, ((1.0, printed),))
        reply = wire_format("openai-chat").read(attempt, stream=False)
        assert known.slug in {f.slug for f in judge(known.case, [None, reply]).findings}
        with pytest.raises(openai.APIStatusError, match="item pairs"):
            next(programs)


@pytest.mark.parametrize("format", ["anthropic-messages", "openai-responses"])
def test_what_any_second_turn_shows_is_shown_by_two_plain_ones(format: str, tmp_path: Path) -> None:
    run("pairing-rejected", tmp_path / "run", "--format", format)
    assert is_two_plain_turns(minimal("pairing-rejected", tmp_path / "run"))


def test_what_needs_the_result_keeps_the_script_that_carries_it() -> None:
    folder = Path("run")
    run("tool-result-dropped", folder)
    case = minimal("tool-result-dropped", folder)
    first, second = case["turns"]
    assert second["messages"] == []
    (result,) = first["results"]
    (call,) = second["expect"]["calls"]
    assert any(str(value) in result for value in call["arguments"].values())
    assert toolfuzz_("bug", "run", "--most", "1").exit_code == 0
    (report,) = Path("run/bugs").glob("*.md")
    assert "says nothing more: the model goes on from the result" in report.read_text()


def test_a_fault_of_any_turn_is_minimized_to_one() -> None:
    run("object-as-json-string", Path("run"))
    assert len(minimal("object-as-json-string", Path("run"))["turns"]) == 1


def test_attribute_says_whether_it_is_the_history(refused: Path) -> None:
    done = toolfuzz_("attribute", refused, "--most", "1", "--confirm", "--json")
    assert done.exit_code == 0, done.output
    (entry,) = json.loads(done.stdout)
    assert "It is the history" in entry["confirmed"]["history"]
    kinds = {t["kind"]: t["failed"] for t in entry["confirmed"]["trials"]}
    assert kinds["alone"] == 0
    assert kinds["rehearsed"] == kinds["again"] == 16
    assert toolfuzz_("bug", refused, "--most", "1", "--out", "bugs").exit_code == 0
    (report,) = Path("bugs").glob("*.md")
    assert "It is the history" in report.read_text()


def test_replay_and_corpus_take_conversations(refused: Path) -> None:
    (case,) = (refused / "bugs").glob("*.json")
    still = toolfuzz_("replay", case, "-m", f"sim/fault:{SLUG}")
    assert (still.exit_code, still.output[:11]) == (1, "STILL FAILS")
    fixed = toolfuzz_("replay", case, "-m", "sim/clean")
    assert (fixed.exit_code, fixed.output[:5]) == (0, "FIXED")
    assert toolfuzz_("corpus", "add", case, "--name", "second-turn").exit_code == 0
    ran = toolfuzz_("corpus", "run", "-m", "sim/clean", "--times", "2")
    assert "2/2" in ran.output


def test_reports_name_the_turn_that_failed(refused: Path) -> None:
    assert "turn 2, `/`" in (refused / "report.md").read_text()
    assert f"{SLUG} at turn 2, /" in (refused / "junit.xml").read_text()
    page = (refused / "report.html").read_text()
    assert "Turn 1 of 2</h4>" in page
    assert "Turn 2 of 2, which fails</h4>" in page
    shown = toolfuzz_("report", refused, "--report", "github").output
    assert re.search(r"where\s+turn 2, \$", shown)
    assert "at turn 2, /" in shown


def test_each_way_in_which_a_history_may_matter() -> None:
    again = Trial("again", "again", 16, 16, Tally(12, 12))
    gone, stays = (0, 16, Tally(0, 12)), (16, 16)

    def said(alone: tuple[Any, ...], rehearsed: tuple[Any, ...]) -> str:
        return of_history([again, Trial("alone", "", *alone), Trial("rehearsed", "", *rehearsed)])

    assert "not the history" in said(stays, stays)
    assert "whoever's replies" in said(gone, stays)
    assert "endpoint's own replies" in said(gone, gone)
    assert "Whose replies matter is undecided" in said(gone, (4, 16))
    assert "is undecided" in said((0, 16), stays)
    assert of_history([again]) == ""
