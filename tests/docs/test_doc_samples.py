"""Every command of README and docs/ is run as a reader would, and what it shows compared.

What this machine hasn't (keys, gateways, engines, agents of yours) something else stands for, named
in made_here.py; nothing of it is what the products do. What can't be run is in NOT_RUN, with the
reason, and held to the command line's options all the same (tests/cli/test_cli_docs.py).
"""

import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import needs
import pytest
from doc_samples import HOME, Sample, Step, samples, shows
from doc_shell import Done, program, serving, toolfuzz
from made_here import STAND_INS, Here, usual_days
from made_releases import ENGINES, engine_run

CONSOLE = [sample for sample in samples() if sample.language == "console"]

NOT_RUN = {
    r"^pip install": "it fetches packages",
    r"^ray start|--ray": "it takes a cluster, which tests/pools/test_ray.py has",
    r"^curl .* …": "the body stands in each report",
    r"^pytest": "tests/test_pytest_plugin.py runs it, with the page's tests",
}
"""Commands, and why they are not run."""

# Few cases are enough where no output stands beside the commands.
FEW = {
    **{f"TOOLFUZZ_{name}_CASES": "4" for name in ("CHECK", "PLAN", "MONITOR")},
    **{f"TOOLFUZZ_{name}_MAX_CALLS": "20" for name in ("MINIMIZE", "ATTRIBUTE")},
    "TOOLFUZZ_RUN_CASES": "1",
    "TOOLFUZZ_BUG_MOST": "1",
    "TOOLFUZZ_MONITOR_BASELINE_CALLS": "40",
    "TOOLFUZZ_TRIAL_CASES": "1",
    "TOOLFUZZ_TRIAL_ASKINGS": "0",
    "TOOLFUZZ_WORLDS_PROVE_CASES": "1",
}
FEWER = [
    (r"(worlds prove .*)--cases \d+", r"\1--cases 1"),
    (r"--cases \d\d+", "--cases 2"),
    (r"--workers \d+", "--workers 1"),
]

# What a page calls a run, a model, a server of yours.
NAMES = [
    (r"http://127\.0\.0\.1:8399/v1", "{changing}"),
    (r"http://(127\.0\.0\.1:(8000|8080)|new:8000|old:8000)/v1", "{url}"),
    (r"http://127\.0\.0\.1:8000/openapi", "{origin}/openapi"),
    (r"-m (MODEL|NEW)\b", "-m sim/glm-4.7"),
    (r"\b3fa1c2\b", "{case}"),
    (r"\b8401 … -- COMMAND", "8401 -- litellm --port {port} http://127.0.0.1:8401"),
    (r"\b8401\b", "{upstream_port}"),
    (r"\bgit clone …", f"git clone --quiet {HOME} toolfuzz"),
    (r"ZAI_API_KEY=…", "ZAI_API_KEY=sk-key-of-a-test-0123456789"),
]


def kind(sample: Sample, step: Step) -> str:
    """Say whether a command is run, run at something that stands for what it needs, or not."""
    if any(re.search(pattern, step.command) for pattern in NOT_RUN):
        return "not run"
    return "at a stand-in" if sample.needs else "run"


@needs.signals
@needs.shell
@pytest.mark.parametrize("page", sorted({sample.page for sample in CONSOLE}))
def test_the_commands_run_and_print_what_is_shown(
    page: str, made: Here, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for block in samples():
        if block.page == page and block.file:
            Path(block.file).write_text(block.text, encoding="utf-8")
    if page == "docs/engines.md":
        monkeypatch.setenv("TOOLFUZZ_CACHE", made.env["TOOLFUZZ_CACHE"])
        made = replace(made, case=engine_run())
    todo = [(one, step) for one in CONSOLE if one.page == page for step in one.steps]
    todo = [(one, step) for one, step in todo if kind(one, step) != "not run"]
    if not shutil.which("jq"):
        todo = [(one, step) for one, step in todo if step.program != "jq"]
    while todo:
        sample, step = todo.pop(0)
        if step == sample.steps[0]:
            monkeypatch.chdir(here)
        env = {
            "COLUMNS": "100",
            **(FEW if few(sample) else {}),
            **(made.env if sample.needs else {}),
        }
        command = named(sample, step, made)
        if sample.needs == "days of portions":
            usual_days(command, env, made, monkeypatch)
        if command.startswith("toolfuzz observe"):
            # The next command is given while this one serves.
            agent = named(*todo.pop(0), made)
            done = serving(command, env, asking(agent, env), "--port", "0")
        elif command.startswith(("toolfuzz serve", "toolfuzz view")):
            done = serving(command, env, lambda url: None, "--port", "0")
        else:
            done = did(command, env, monkeypatch)
        where = f"{sample}: {step.command}\n{done.output}"
        assert done.exit_code in fine(step), where
        shown = step.printed
        if sample.needs == "an engine":
            # Another engine's figures: only the head of the table is the same.
            shown = shown.partition("\n")[0]
        # Ports, and versions of what is installed, are those of the day.
        expected = re.sub(r"(?<=127\.0\.0\.1:)\d+| \d+\.\d+\.\d+(?= )", "…", shown)
        assert shows(expected, done.output, figures=sample.needs != "days of portions"), where


def named(sample: Sample, step: Step, made: Here) -> str:
    """Return a command with our names in the place of the reader's, and fewer cases."""
    command = step.command
    ours = {
        "url": made.url,
        "origin": made.url.removesuffix("/v1"),
        "changing": made.changing.url,
        "case": made.case,
        "upstream_port": made.port,
        "port": "{port}",
    }
    engines = ENGINES if sample.needs == "an engine" else []
    fewer = FEWER if few(sample) else []
    for written, meant in [*engines, *NAMES, *fewer]:
        command = re.sub(written, meant.format(**ours), command)
    return command


def few(sample: Sample) -> bool:
    """Whether fewer cases do, since nothing is shown that hangs on their number."""
    return not any(step.printed for step in sample.steps) or sample.needs == "an engine"


def did(command: str, env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Done:
    """Do it."""
    if command.startswith("toolfuzz"):
        return toolfuzz(command, env)
    if command.startswith("export "):
        name, _, value = command.removeprefix("export ").partition("=")
        monkeypatch.setenv(name, value)
        return Done(0, "")
    if command.startswith("make "):
        # It would make an environment: what it runs in it is run.
        said = program(f"make --dry-run {command.removeprefix('make ')}", env).output
        (ours,) = re.findall(r"^\S*bin/(toolfuzz .*)$", said, flags=re.MULTILINE)
        return toolfuzz(ours, env)
    done = program(command, env)
    if goal := re.search(r"&& cd (\w+)$", command):
        monkeypatch.chdir(goal[1])
    return done


def asking(command: str, env: dict[str, str]) -> Callable[[str], None]:
    """Return what gives a command that names an address, with that of a server."""

    def ask(url: str) -> None:
        done = program(re.sub(r"http://127\.0\.0\.1:\d+", url, command), env)
        assert done.exit_code == 0, done.output

    return ask


def fine(step: Step) -> set[int]:
    """Return the exit codes that a command may have."""
    if step.printed.startswith("error: "):
        return {2}
    if step.command.startswith("toolfuzz trial"):
        return {0}  # what stands for gateways changes nothing
    if step.command.startswith(("toolfuzz observe", "toolfuzz serve", "toolfuzz view")):
        return {0, 130}
    return {0, 1, 3} if step.command.startswith("toolfuzz") else {0}


def test_every_need_is_known() -> None:
    assert {sample.needs for sample in CONSOLE if sample.needs} == set(STAND_INS)


def test_so_many_commands_are_run() -> None:
    """What a newcomer adds is run; who has a reason why it can't changes these figures."""
    counted = Counter(kind(sample, step) for sample in CONSOLE for step in sample.steps)
    assert counted == {"run": 59, "at a stand-in": 92, "not run": 11}
    assert len(CONSOLE) == 83
