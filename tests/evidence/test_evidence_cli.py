"""minimize, attribute, bug, replay and corpus from the command line, over real HTTP."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import needs
import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.core.exchange import Attempt
from toolfuzz.evidence.corpus import case_with_defect, read_corpus, starter_folder
from toolfuzz.formats import format_names, wire_format
from toolfuzz.generate.dimensions import all_dimensions
from toolfuzz.judge.judge import judge
from toolfuzz.simulate.process import start

PROFILE = "fault:object-as-json-string@0.8"


def toolfuzz_(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args], prog_name="toolfuzz")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence") / "run"
    args = ["run", "-m", f"sim/{PROFILE}", "--cases", "25", "--out", str(folder), "--quiet"]
    assert toolfuzz_(*args).exit_code == 0
    done = toolfuzz_("minimize", folder, "--most", "1", "--quiet")
    assert done.exit_code == 0, done.output
    return folder


def study(run: Path) -> Path:
    (folder,) = (run / "minimize").iterdir()
    return folder


def test_the_minimal_case_is_small_and_reproduces(run: Path) -> None:
    result = json.loads((study(run) / "minimized.json").read_text())
    assert result["complete"]
    assert result["reproduced"] >= 6
    assert result["asked"] in (8, 16)
    assert result["slug"] == "object-as-json-string"
    assert len(json.dumps(result["case"])) < 1100 < len(json.dumps(result["original"]))
    assert result["neighbour"]


def test_a_study_that_was_cut_off_goes_on_and_asks_nothing_twice(run: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    subprocess.run(["cp", "-r", run, copied], check=True)
    journal = study(copied) / "run.jsonl"
    whole = journal.read_bytes()
    (study(copied) / "minimized.json").unlink()
    journal.write_bytes(whole[: len(whole) // 2])  # in the middle of a line
    kept = whole[: len(whole) // 2].count(b'"verdict-reached"')
    done = toolfuzz_("minimize", copied, "--most", "1", "--quiet", "--json")
    assert done.exit_code == 0, done.output
    (result,) = json.loads(done.stdout)
    assert result["reproduced"] > 0
    asked = journal.read_bytes().count(b'"event": "verdict-reached"')
    assert asked <= result["calls"] + 2, "answers in the journal are not asked for again"
    assert kept > 3


def test_a_finished_study_asks_nothing_at_all(run: Path) -> None:
    before = (study(run) / "run.jsonl").stat().st_size
    assert toolfuzz_("minimize", run, "--most", "1", "--quiet").exit_code == 0
    assert (study(run) / "run.jsonl").stat().st_size <= before + 4000


def test_a_budget_of_one(run: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    subprocess.run(["cp", "-r", run, copied], check=True)
    subprocess.run(["rm", "-r", copied / "minimize"], check=True)
    done = toolfuzz_("minimize", copied, "--most", "1", "--askings", "1", "--json")
    assert done.exit_code == 3, done.output
    (result,) = json.loads(done.stdout)
    assert result["reason"] == "--askings 1: all are made"
    assert result["case"] == result["original"]


@needs.signals
def test_ctrl_c_keeps_what_was_asked(run: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    subprocess.run(["cp", "-r", run, copied], check=True)
    subprocess.run(["rm", "-r", copied / "minimize"], check=True)
    command = [sys.executable, "-m", "toolfuzz", "minimize", str(copied), "--most", "1"]
    # A group of its own, so that the signal reaches this process alone.
    process = subprocess.Popen(
        [*command, "--concurrency", "1"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if any(copied.glob("minimize/*/run.jsonl")) and study_size(copied) > 4000:
            break
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    if process.returncode != 0:  # else it was done before the signal came
        assert process.returncode == 130, said
        assert "go on" in said
    assert study_size(copied) > 4000


def study_size(run: Path) -> int:
    return (study(run) / "run.jsonl").stat().st_size


def test_attribute_words_association_and_cause_apart(run: Path) -> None:
    screened = toolfuzz_("attribute", run, "--most", "1")
    assert screened.exit_code == 0, screened.output
    assert "associated" in screened.output
    assert "cause" not in screened.output.replace("causes", "")
    done = toolfuzz_("attribute", run, "--most", "1", "--confirm", "--json")
    assert done.exit_code == 0, done.output
    (entry,) = json.loads(done.stdout)
    found = entry["confirmed"]
    kinds = [t["kind"] for t in found["trials"]]
    assert kinds[:2] == ["again", "mode"]
    assert kinds.count("format") == len(format_names()) - 1
    assert found["layer"] == "undecided", "this fault is in every mode, format and spelling"
    assert found["reasons"]


@pytest.fixture(scope="module")
def only_streamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streamed") / "run"
    args = [
        "run",
        "-m",
        "sim/glm-sglang",
        "--cases",
        "12",
        "--both-streams",
        "--seed",
        "2",
        "--quiet",
    ]
    assert toolfuzz_(*args, "--out", folder).exit_code == 0
    return folder


def test_a_failure_of_streams_alone_is_the_parsers(only_streamed: Path) -> None:
    done = toolfuzz_(
        "attribute", only_streamed, "--most", "1", "--confirm", "--json", "--askings", "250"
    )
    assert done.exit_code == 0, done.output
    layers = {e["slug"]: e["confirmed"]["layer"] for e in json.loads(done.stdout)}
    assert "parser" in layers.values(), layers
    assert set(layers.values()) <= {"parser", "undecided"}


@needs.shell
@pytest.mark.parametrize(
    ("api", "stream"),
    [
        ("openai-chat", False),
        ("openai-chat", True),
        ("openai-responses", False),
        ("anthropic-messages", False),
        ("anthropic-messages", True),
        ("gemini", False),
        ("gemini", True),
        ("bedrock-converse", False),
        ("bedrock-converse", True),
    ],
)
def test_the_reproductions_in_a_report_show_the_defect(
    api: str, stream: bool, tmp_path: Path
) -> None:
    mode = "--stream" if stream else "--no-stream"
    profile = "fault:object-as-json-string"
    args = ["run", "-m", f"sim/{profile}", "--cases", "8", "--format", api, mode, "--quiet"]
    assert toolfuzz_(*args, "--out", "run").exit_code == 0
    assert toolfuzz_("bug", "run", "--most", "1").exit_code == 0
    (report,) = (tmp_path / "run" / "bugs").glob("*.md")
    text = report.read_text()
    known = case_with_defect(report.with_suffix(".json"))
    with start(profile=profile) as simulator:
        for language, printed in reproduced(text, "http://127.0.0.1:8399", simulator.base_url):
            format = wire_format(api)
            if language == "python" and stream and format.framing.show:
                # What is no text is printed as its events, a JSON object a line.
                events = [next(iter(json.loads(line).items())) for line in printed.splitlines()]
                printed = b"".join(format.framing.join(events))
            attempt = Attempt(0.0, 1.0, 1.0, 200, {}, ((1.0, printed),))
            reply = format.read(attempt, stream=stream)
            found = judge(known.case, [reply]).findings
            assert known.slug in {f.slug for f in found}, (language, printed[:500])


def reproduced(report: str, stated: str, base_url: str) -> Iterator[tuple[str, bytes]]:
    """Run a report's programs against another server; yield the language and what was printed."""
    for language in ("sh", "python"):
        (program,) = re.findall(rf"^```{language}\n(.*?)^```$", report, re.MULTILINE | re.DOTALL)
        program = program.replace(stated, base_url.removesuffix("/v1"))
        if language == "sh":
            done = subprocess.run(
                ["bash"], input=program.encode(), capture_output=True, timeout=60, check=True
            )
            yield language, done.stdout
        else:
            # In this process: importing the SDKs anew each time takes longer than all the rest.
            with redirect_stdout(StringIO()) as printed:
                exec(compile(program, "reproduction", "exec"), {"__name__": "__main__"})
            yield language, printed.getvalue().encode()


def test_a_bug_report_says_what_it_must(run: Path) -> None:
    done = toolfuzz_("bug", run, "--most", "1")
    assert done.exit_code == 0, done.output
    (report,) = (run / "bugs").glob("object-as-json-string-1.md")
    text = report.read_text()
    for heading in ("asked", "expected", "came back", "reproduce", "often", "passes", "layer"):
        assert re.search(rf"^## .*{heading}", text, re.MULTILINE), heading
    assert "Simulated endpoint: no model was asked" in text
    assert "⟪" in text
    assert re.search(r"the minimal case, not streamed \| \d+ of (8|16) \(95% interval", text)
    assert "the run's cases, streamed | not asked" in text
    assert str(Path.home()) not in text
    assert str(run.parent) not in text
    assert (run / "bugs" / "object-as-json-string-1.http").read_text().startswith("POST http")
    named = toolfuzz_("bug", run, "--most", "1", "--subject", "vLLM 0.11", "--out", "named")
    assert named.exit_code == 0, named.output
    assert Path("named/object-as-json-string-1.md").read_text().startswith("# vLLM 0.11: ")
    form = toolfuzz_("bug", run, "--most", "1", "--template", "form", "--out", "form")
    assert form.exit_code == 0, form.output
    assert "### Describe the bug" in Path("form/object-as-json-string-1.md").read_text()
    Path("mine.j2").write_text("{{ report.slug }} and {{ report.nothing }}")
    own = toolfuzz_("bug", run, "--most", "1", "--template", "mine.j2", "--out", "mine")
    assert own.exit_code == 2
    assert "nothing" in own.output


def test_no_key_reaches_a_report(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "sk-test-0123456789abcdef"
    monkeypatch.setenv("MY_KEY", key)
    with start(profile="fault:object-as-json-string") as simulator:
        args = ["run", "-m", "some-model", "--base-url", simulator.base_url, "--key-env", "MY_KEY"]
        assert toolfuzz_(*args, "--cases", "8", "--out", "keyed", "--quiet").exit_code == 0
        assert toolfuzz_("bug", "keyed", "--most", "1").exit_code == 0
    written = [p for p in (tmp_path / "keyed").rglob("*") if p.is_file()]
    assert not [p for p in written if key in p.read_text()]
    (report,) = (tmp_path / "keyed" / "bugs").glob("*.md")
    assert "$MY_KEY" in report.read_text()
    assert 'os.environ["MY_KEY"]' in report.read_text()


def test_replay_says_fixed_or_not(run: Path) -> None:
    assert toolfuzz_("bug", run, "--most", "1").exit_code == 0
    report = run / "bugs" / "object-as-json-string-1.md"
    still = toolfuzz_("replay", report, "-m", f"sim/{PROFILE}")
    assert (still.exit_code, still.output[:11]) == (1, "STILL FAILS")
    fixed = toolfuzz_("replay", report.with_suffix(".json"), "-m", "sim/clean")
    assert (fixed.exit_code, fixed.output[:5]) == (0, "FIXED")
    assert re.search(r"before: \d+ of (8|16)", fixed.output)
    few = toolfuzz_("replay", report, "-m", "sim/clean", "--times", "3")
    assert (few.exit_code, few.output[:12]) == (3, "INCONCLUSIVE")


def test_a_corpus_from_a_run(run: Path, tmp_path: Path) -> None:
    assert toolfuzz_("corpus", "add", run, "--note", "it broke").exit_code == 0
    again = toolfuzz_("corpus", "add", run)
    assert "already there" in again.output and "noted anew" not in again.output
    entries = read_corpus(tmp_path / "corpus")
    assert entries
    assert entries[0].note.happened == "it broke"
    noted = toolfuzz_("corpus", "add", run, "--note", "it broke the import job")
    assert f"already there, noted anew: {entries[0].name}\n" in noted.output
    [first, *_] = read_corpus(tmp_path / "corpus")
    assert first.note.happened == "it broke the import job"
    assert replace(first, note=entries[0].note) == entries[0]
    listed = toolfuzz_("corpus", "list", "--json")
    assert [e["name"] for e in json.loads(listed.stdout)] == [e.name for e in entries]
    ran = toolfuzz_("corpus", "run", "-m", "sim/clean", "-m", f"sim/{PROFILE}", "--times", "2")
    assert ran.exit_code == 0, ran.output
    assert f"{len(entries)} of {len(entries)}" in ran.output
    gone = toolfuzz_("corpus", "remove", entries[0].name)
    assert gone.exit_code == 0
    assert len(read_corpus(tmp_path / "corpus")) == len(entries) - 1


STARTER = read_corpus(starter_folder())


def test_the_starter_corpus_is_whole() -> None:
    worlds = [e for e in STARTER if e.case.world is not None]
    assert all(e.slug and e.profile and e.note.happened for e in STARTER)
    assert all(e.sources for e in STARTER if e not in worlds)
    assert len({e.case.id for e in STARTER}) == len(STARTER) == 27 + len(worlds)
    kept = Counter(e.note.dimension for e in worlds)
    assert kept == dict.fromkeys(all_dimensions(), 2)


def test_the_starter_corpus_passes_on_a_faultless_endpoint() -> None:
    done = toolfuzz_(
        "corpus", "run", "--corpus", "starter", "-m", "sim/clean", "--times", "1", "--json"
    )
    assert done.exit_code == 0, done.output
    assert {r["failed"] + r["otherwise"] for r in json.loads(done.stdout)} == {0}


def test_each_starter_case_fails_where_its_defect_is(tmp_path: Path) -> None:
    profile = attrgetter("profile")
    for model, entries in groupby(sorted(STARTER, key=profile), profile):
        corpus = tmp_path / model.replace("/", "-").replace(":", "-")
        corpus.mkdir()
        names = {entry.name for entry in entries}
        for name in names:
            shutil.copy(starter_folder() / f"{name}.json", corpus)
        done = toolfuzz_("corpus", "run", "--corpus", corpus, "-m", model, "--times", "1", "--json")
        assert done.exit_code == 0, done.output
        assert {r["name"] for r in json.loads(done.stdout) if r["failed"]} == names


@pytest.fixture(scope="module")
def clean_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("clean") / "run"
    assert toolfuzz_("run", "-m", "sim/clean", "--cases", "5", "--out", folder).exit_code == 0
    yield folder


@pytest.mark.parametrize("command", ["minimize", "attribute", "bug"])
def test_a_run_without_failures(command: str, clean_run: Path) -> None:
    done = toolfuzz_(command, clean_run)
    assert done.exit_code == 2
    assert "the run has no failure" in done.output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not JSON"),
        ("[]", "not a case: it is no JSON object"),
        ("{}", "not a case"),
        ('{"case": 1}', "note"),
    ],
)
def test_files_that_are_no_cases(content: str, says: str) -> None:
    Path("case.json").write_text(content)
    done = toolfuzz_("replay", "case.json", "-m", "sim/clean")
    assert done.exit_code == 2
    assert says in done.output


def test_names_that_mean_nothing(run: Path) -> None:
    assert "no case 'zzzz'" in toolfuzz_("minimize", run, "zzzz").output
    assert "no journal" in toolfuzz_("minimize", "nowhere").output
    assert "no corpus" in toolfuzz_("corpus", "list").output
    assert "read-only" in toolfuzz_("corpus", "remove", "--corpus", "starter", "tree").output
    assert "can't read the template" in toolfuzz_("bug", run, "--template", "none.j2").output


SAMPLE = Path(__file__).parents[2] / "reports" / "sample-bug" / "object-as-json-string-1.md"


def test_the_committed_sample_is_of_an_engine_and_made_up_nothing() -> None:
    text, script = SAMPLE.read_text(), SAMPLE.with_suffix(".py").read_text()
    known = case_with_defect(SAMPLE.with_suffix(".json"))
    (tool,) = known.case.tools
    (parameter,) = tool.parameters["properties"].values()
    assert parameter.keys() == {"$ref"}
    assert script.partition("def parse")[2].split() == (
        text.partition("def parse")[2].partition("```")[0].split()
    )
    assert "curl" not in text
    assert "http://" not in text
