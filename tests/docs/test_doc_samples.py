"""Every sample of README and docs/ is run, on simulated endpoints, and what it shows compared."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import needs
import pytest
import yaml
from click.testing import CliRunner
from doc_samples import HOME, Sample, Step, samples, shows, steps

import toolfuzz
from toolfuzz.cli import cli
from toolfuzz.simulate.thread import in_thread

ALL = list(samples())
CONSOLE = [s for s in ALL if s.language == "console"]
# Few cases are enough where no output stands beside the command.
FEW = {
    **{f"TOOLFUZZ_{name}_CASES": "6" for name in ("RUN", "CHECK", "PLAN", "MONITOR")},
    **{f"TOOLFUZZ_{name}_MAX_CALLS": "40" for name in ("MINIMIZE", "ATTRIBUTE")},
}
NOT_OURS = {"curl", "duckdb", "export", "git", "jq", "make", "pip", "pytest", "ray"}
SERVERS = {"serve", "view", "observe"}
TESTED_WITH_THEIR_PAGE = {
    "docs/ci.md": "tests/test_pytest_plugin.py",
    "docs/strategies.md": "tests/test_strategies_guide.py",
    "docs/parsers.md": "tests/engines/test_parser_guide.py",
}


# What a page calls a run, a model, a server of yours.
NAMES = [
    (r"http://(127\.0\.0\.1:8000|127\.0\.0\.1:8399|new:8000|old:8000)/v1", "{url}"),
    (r"-m (MODEL|NEW)\b", "-m sim/glm-4.7"),
    (r"\b3fa1c2\b", "{case}"),
]


@dataclass(frozen=True)
class Stock:
    """A folder with the files that the pages speak of, and what their names stand for."""

    folder: Path
    url: str
    case: str

    def named(self, command: str) -> str:
        for written, meant in NAMES:
            command = re.sub(written, meant.format(url=self.url, case=self.case), command)
        return command


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    folder = tmp_path_factory.mktemp("stock")
    shutil.copytree(HOME / "tests/docs/files", folder, dirs_exist_ok=True)
    shutil.copy(HOME / "schemas/data_import.json", folder / "my_tools.json")
    (folder / "bugs").mkdir()
    bug = HOME / "reports/sample-bug/object-as-json-string-1.json"
    shutil.copy(bug, folder / "bugs/x-1.json")
    with in_thread("glm-4.7") as server, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run = toolfuzz.run("sim/glm-4.7", cases=12, stream="both", out="RUN")
        toolfuzz.run("sim/claude-opus", cases=12, stream="both", out="reports/friday")
        for name in ("20261123-101500-glm-4.7", "monday", "baseline"):
            shutil.copytree("RUN", f"reports/{name}")
        for name in ("runs/one", "their-run"):
            shutil.copytree("RUN", name)
        toolfuzz.run("m", base_url=server.url, cases=2, out="asked")
        journal = Path("asked/run.jsonl").read_text(encoding="utf-8")
        Path("their-run/run.jsonl").write_text(
            journal.replace(server.url, "http://198.51.100.7/v1"), encoding="utf-8"
        )
        yield Stock(folder, server.url, run.failures[0].case)


@pytest.fixture
def here(stock: Stock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, as the working folder."""
    folder = tmp_path / "here"
    shutil.copytree(stock.folder, folder)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv(
        "PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    return folder


def numbered(found: list[Sample]) -> list[Any]:
    """Name samples by page and number: a line more above them doesn't rename the tests."""
    count = Counter[str]()
    named = []
    for one in found:
        count[one.page] += 1
        named.append(pytest.param(one, id=f"{one.page}-{count[one.page]}"))
    return named


def ours(sample: Sample) -> list[Step]:
    """The commands of a sample that are toolfuzz's; others are known by name."""
    found = steps(sample)
    assert {step.words[0] for step in found} <= NOT_OURS | {"toolfuzz"}, sample
    return [step for step in found if step.words[0] == "toolfuzz"]


RUN = [s for s in CONSOLE if not s.not_run]


@needs.signals
@pytest.mark.parametrize("page", sorted({sample.page for sample in RUN}))
def test_the_commands_run_and_print_what_is_shown(page: str, stock: Stock, here: Path) -> None:
    for sample, step in [(s, step) for s in RUN if s.page == page for step in ours(s)]:
        words = meant(step, stock)
        if words[0] in SERVERS:
            serve_and_stop(words)
            continue
        env = {"COLUMNS": "100", **({} if step.printed else FEW)}
        done = CliRunner().invoke(cli, words, env=env)
        where = f"{sample}: {step.command}"
        fine = {2} if step.printed.startswith("error: ") else {0, 1, 3}
        assert done.exit_code in fine, f"{where}\n{done.output}"
        assert shows(step.printed, done.output), f"{where}\n{done.output}"
        if target := re.search(r" > (\S+)", step.command):
            Path(target[1]).write_text(done.stdout)


def meant(step: Step, stock: Stock) -> list[str]:
    """Return a command's words as a shell would hand them over."""
    found: list[str] = []
    for word in replace(step, command=stock.named(step.command)).words[1:]:
        if word.startswith("reports/") and "*" in word:
            found += sorted(str(path) for path in Path().glob(word))
        else:
            found.append(str(Path(word).expanduser()) if word.startswith("~") else word)
    return found


def serve_and_stop(words: list[str]) -> None:
    """Start a command that serves, wait until it says where, and end it as Ctrl-C does."""
    command = [sys.executable, "-m", "toolfuzz", *words, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        said = b""
        for line in process.stdout:
            said += line
            if b"http://127.0.0.1:" in line:
                process.send_signal(signal.SIGINT)
                break
        said += process.stdout.read()
    assert process.returncode in (0, 130), f"{words}\n{said.decode()}"


KEYED = [
    (sample, step)
    for sample in CONSOLE
    if sample.not_run.startswith("a key")
    for step in ours(sample)
    if step.words[1] == "run"
]


@pytest.mark.parametrize("step", [step for _, step in KEYED], ids=lambda step: step.command)
def test_what_needs_a_key_can_be_planned(step: Step, stock: Stock, here: Path) -> None:
    words = [*meant(step, stock), "--dry-run"]
    done = CliRunner().invoke(cli, words, env=FEW)
    assert done.exit_code == 0, done.output
    assert "nothing was asked" in done.output


@pytest.mark.parametrize("sample", numbered([s for s in ALL if s.language == "python"]))
def test_python_runs(sample: Sample, here: Path) -> None:
    shown = re.sub(r"^ +\.\.\.\n", "", sample.text, flags=re.M) if sample.not_run else sample.text
    code = compile(shown, str(sample), "exec")
    if not sample.not_run and sample.page not in TESTED_WITH_THEIR_PAGE:
        exec(code, {"__name__": "sample"})


@pytest.mark.parametrize(
    "sample", numbered([s for s in ALL if s.language in ("json", "toml", "yaml")])
)
def test_data_is_read(sample: Sample) -> None:
    text = re.sub(r"(?<!\")\{(port|upstream|origin)\}", "0", sample.text)
    if sample.language == "toml":
        assert tomllib.loads(text)
    elif sample.language == "yaml":
        assert yaml.safe_load(text)
    else:
        decoder, left = json.JSONDecoder(), text.strip()
        while left:
            value, end = decoder.raw_decode(left)
            assert value
            left = left[end:].strip()


def test_every_block_says_what_it_is() -> None:
    known = {"console", "json", "python", "sql", "text", "toml", "yaml"}
    assert [f"{s}: {s.language!r}" for s in ALL if s.language not in known] == []


@pytest.mark.parametrize(("page", "test"), sorted(TESTED_WITH_THEIR_PAGE.items()))
def test_pages_with_a_test_of_their_own_have_it(page: str, test: str) -> None:
    assert Path(page).name in (HOME / test).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("a  b\nc", "a b c", True),
        ("a … c", "a b c", True),
        ("a\n…\nc", "a\nb\nb\nc", True),
        ("14 of 100", "15 of 100", False),
        ("a … d", "a b c", False),
        ("a.c", "abc", False),
    ],
)
def test_what_is_shown_is_compared(expected: str, printed: str, same: bool) -> None:
    assert shows(expected, printed) is same
