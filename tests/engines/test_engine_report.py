"""A report about an engine: its script is run against the engine alone, and nothing is made up."""

import ast
import asyncio
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import needs
import pytest
from click.testing import CliRunner
from made_mlx import STRIPS, make_mlx

from toolfuzz.cli import cli
from toolfuzz.core.text import printable
from toolfuzz.engines import environment
from toolfuzz.engines.known import engines
from toolfuzz.engines.script import Asked, run_script, script
from toolfuzz.evidence.corpus import case_with_defect
from toolfuzz.evidence.details import open_details
from toolfuzz.evidence.engine.looking import ParserEvidence
from toolfuzz.evidence.engine.report import render_parser, similar_to
from toolfuzz.evidence.failures import endpoint_failures
from toolfuzz.runs.reading import load_run

TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
RIGHT = {"content": "", "calls": [["f", {"a": "x"}]]}
SPEC = "engine/mlx-lm@0.99.0:json_tools"


def toolfuzz_(*args: str | Path) -> str:
    done = CliRunner().invoke(cli, [str(a) for a in args], prog_name="toolfuzz")
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with a simulated mlx-lm that strips strings, and the reports of a run on it."""
    folder = tmp_path_factory.mktemp("made")
    make_mlx(folder, "0.99.0", parser=STRIPS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOOLFUZZ_CACHE", str(folder))
        patch.setattr(environment, "parser_python", lambda engine: sys.executable)
        asked = ("--feature", "text-whitespace", "--cases", "8", "--both-streams", "--quiet")
        toolfuzz_("run", "-m", SPEC, *asked, "--out", folder / "run")
        toolfuzz_("minimize", folder / "run", "--quiet")
        (folder / "said").write_text(toolfuzz_("bug", folder / "run"))
        toolfuzz_("bug", folder / "run", "--template", "form", "--out", folder / "forms")
    return folder


def bugs(made: Path) -> Path:
    return made / "run" / "bugs" / "whitespace-stripped-1.md"


def run_it(made: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """Run a script by a Python that has nothing of ours in its path, with the release."""
    release = made / "engines" / "mlx-lm" / "0.99.0"
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(release)}
    return subprocess.run(
        [sys.executable, str(path)], env=environ, capture_output=True, text=True, check=False
    )


def test_the_script_shows_the_fault_and_ends_well_where_it_is_mended(made: Path) -> None:
    path = bugs(made).with_suffix(".py")
    done = run_it(made, path)
    assert done.returncode == 1, done.stderr
    assert done.stderr.rstrip().endswith("AssertionError")
    printed = dict(line.split(":", 1) for line in done.stdout.splitlines())
    assert json.loads(printed["got"]) != json.loads(printed["expected"])
    make_mlx(made / "mended", "0.99.0")
    done = run_it(made / "mended", path)
    assert done.returncode == 0, done.stderr
    assert "toolfuzz" not in path.read_text()


def test_the_report_tells_what_a_maintainer_needs_and_makes_nothing_up(made: Path) -> None:
    text = bugs(made).read_text()
    assert text.startswith("# json_tools: the string ")
    assert "mlx-lm 0.99.0, `parse_tool_call` in `mlx_lm/tool_parsers/json_tools.py:6`" in text
    assert "Always (3 of 3), with the whole text, and with a stream as well." in text
    assert "another value arrives, and nothing says so" in text
    assert "## What passes" in text
    assert bugs(made).with_suffix(".py").read_text().partition("def tried")[0].split() == (
        re.split(r"```python\n|def tried", text)[1].split()
    ), "the script stands in the report"
    for made_up in ("http://", "curl", "status 200", "api_key", "% –", "interval"):
        assert made_up not in text, made_up
    assert not list(bugs(made).parent.glob("*.http"))


def test_the_command_tells_the_title(made: Path) -> None:
    assert re.search(
        r"whitespace-stripped-1\.md   json_tools: the string ", (made / "said").read_text()
    )


def test_the_form_has_the_same_parts(made: Path) -> None:
    text = (made / "forms" / "whitespace-stripped-1.md").read_text()
    assert text.startswith("### Title\n\njson_tools: ")
    assert "### A script that shows it" in text
    assert "\n## " not in text


def test_the_record_can_be_asked_again(made: Path) -> None:
    path = bugs(made).with_suffix(".json")
    known = case_with_defect(path)
    assert (known.slug, known.stream) == ("whitespace-stripped", False)
    trial = json.loads(path.read_text())["trial"]
    assert trial["engine"] == "mlx-lm" and trial["parser"] == "json_tools"
    assert trial["found"].startswith(f"toolfuzz run -m {SPEC} --cases 8 --seed 0 --both-streams")


def test_a_command_is_one_whatever_a_run_calls_its_target(made: Path) -> None:
    data = load_run(made / "run", keep_exchanges=True)
    details = open_details(made / "run", data, endpoint_failures(data)[0])
    evil = "x; touch PWNED $(id)\n```\n<img src=x>"
    target = replace(details.target, name=evil, params={"cuts": ["`id`", "whole"]})
    exchange = replace(details.exchange, stream=True)
    text = render_parser(
        replace(details, target=target, exchange=exchange), told("e", "", "t"), "issue", "case"
    )
    shell = re.search(r"^(`+)sh\n(.*?)\n\1$", text, re.MULTILINE | re.DOTALL)
    assert shell is not None
    found, again = map(shlex.split, shell[2].splitlines())
    cuts = ["--cuts", "`id`,whole"]
    assert again == ["toolfuzz", "replay", "case.json", "-m", printable(evil), *cuts]
    assert found[:4] == ["toolfuzz", "run", "-m", printable(evil)]
    assert found[-4:] == ["--feature", "text-whitespace", *cuts], "as it was asked"


def scripted() -> list[str]:
    return [n for n, e in engines().items() if e.reader.with_name("script.py.j2").is_file()]


def told(engine: str, where: str, title: str) -> ParserEvidence:
    return ParserEvidence(
        title, where, (True, True), engine, "E 1", "1", "p", {}, 3, 3, False, "", "", {}, "", {}, {}
    )


def test_similar_are_the_engines_findings_at_such_a_schema() -> None:
    one, same = told("e", "behind $ref", "one"), told("e", "behind $ref", "same")
    others = [told("e", "in an enum", "x"), told("e", "", "y"), told("o", "behind $ref", "z")]
    assert similar_to(one, [one, same, *others]) == ["same"]
    assert similar_to(others[1], [others[1], told("e", "", "w")]) == []


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", scripted())
def test_hostile_names_and_texts_stay_text(name: str, stream: bool) -> None:
    hostile = "\"\"\"'''\n{{ 1 }}\\ \u202e\ud800"
    tools = [{"type": "function", "function": {"name": hostile, "parameters": {}}}]
    asked = Asked(tools, [hostile] if stream else hostile, {"content": hostile, "calls": []})
    text = script(engines()[name], hostile, asked, control=asked, about=[hostile])
    assert text is not None
    text.encode()
    found = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]
    assert found.count(hostile) >= 6


def test_an_engine_without_a_template_has_no_script() -> None:
    names = set(engines()) - set(scripted())
    asked = Asked(TOOLS, "", RIGHT)
    for name in names:
        assert script(engines()[name], "p", asked, control=None, about=[]) is None


@pytest.mark.parametrize(
    ("text", "fails", "got", "said"),
    [
        ('print("got:      [1]")\nassert False', True, [1], "AssertionError"),
        ('print("got:      [1]")', False, [1], ""),
        ('print("got: it!")\nprint("got:      [1]")\nassert False', True, [1], "AssertionError"),
        ('print("got: it!")\nassert False', False, None, "AssertionError"),
        ("import a_module_that_nobody_has", False, None, "ModuleNotFoundError: No module named "
         "'a_module_that_nobody_has'"),
    ],
)  # fmt: skip
async def test_how_a_script_ended(text: str, fails: bool, got: object, said: str) -> None:
    ran = await run_script(text, Path(sys.executable), None)
    assert (ran.fails, ran.got, ran.said) == (fails, got, said)


@needs.pipes
async def test_a_script_ends_with_who_runs_it(tmp_path: Path) -> None:
    begun = tmp_path / "pid"
    os.mkfifo(begun)
    text = (
        "import os, pathlib, time\n"
        f"pathlib.Path({str(begun)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    )
    running = asyncio.create_task(run_script(text, Path(sys.executable), None))
    pid = int(await asyncio.to_thread(begun.read_text))
    running.cancel()
    await asyncio.wait([running])
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("name", scripted())
async def test_the_script_of_a_parser_that_hangs_ends(name: str) -> None:
    asked = Asked(TOOLS, "", RIGHT)
    text = script(engines()[name], "p", asked, control=None, about=[], limit=0.1)
    assert text is not None
    _, found, frame = text.partition("class TooLong")
    hanging = "import json, signal\ndef parse(*_):\n    while True: pass\n"
    ran = await run_script(f"{hanging}{found}{frame}", Path(sys.executable), None)
    assert ran.fails
    assert ran.got == "TooLong: more than 0.1 s of processor time"
