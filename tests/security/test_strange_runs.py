"""A run folder that somebody else made: nothing in it writes, runs or sends anything elsewhere."""

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from broken_files import pages_of
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Target
from toolfuzz.core.text import file_name, printable
from toolfuzz.report.formats import format_names
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.reproduce import service_of
from toolfuzz.runs.trust import named_by, powers, require_trust

Line = dict[str, Any]


def toolfuzz_(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args])


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("honest") / "run"
    model = "sim/fault:object-as-json-string@1.0"
    done = toolfuzz_("run", "-m", model, "--cases", "8", "--quiet", "--out", folder)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def strange(honest: Path, tmp_path: Path) -> Callable[[Callable[[Line], object]], Path]:
    """Return a function that copies the run with every line of its journal changed."""

    def change(edit: Callable[[Line], object]) -> Path:
        folder = tmp_path / "inner" / "run"
        folder.mkdir(parents=True)
        lines = [json.loads(line) for line in (honest / "run.jsonl").read_text().splitlines()]
        for line in lines:
            edit(line)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / "run.jsonl").write_text(text)
        return folder

    return change


def names_in(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}


@pytest.mark.parametrize("slug", ["../../ESC", "/tmp/ESC", "..", "", "a/b", ".hidden"])
def test_a_slug_names_no_file_outside_the_run(
    strange: Callable[[Callable[[Line], object]], Path], tmp_path: Path, slug: str
) -> None:
    def edit(line: Line) -> None:
        for finding in line.get("findings", ()):
            finding["slug"] = slug

    run = strange(edit)
    toolfuzz_("bug", run, "--most", "1")
    outside = {path for path in names_in(tmp_path) if path.parts[:2] != ("inner", "run")}
    assert outside <= {Path("inner")}
    assert not any(path.name.startswith(".") for path in names_in(run))


EVIL = "\x1b[31m\x1b]0;T\x07\n::error::x\u202e\ud800"


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every scalar in a line, of lists the first item alone."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value[:1]:
            yield from places(inner, (*path, 0))
    elif path and path != ("event",):
        yield path


def changed(line: Line, path: tuple[Any, ...], value: Any) -> Line:
    copy: Line = json.loads(json.dumps(line))
    inner: Any = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return copy


Field = tuple[str, tuple[str, ...]]


def doctored(lines: list[Line], value: object) -> Iterator[dict[Field, Line]]:
    """Journals in which each kind of field has the value once: the changed lines by their field.

    No more than one field of a line is changed, of one journal several lines: but the first, which
    all others depend on, alone.
    """
    where: dict[Field, list[tuple[int, tuple[Any, ...]]]] = {}
    for number, line in enumerate(lines):
        for path in places(line):
            # What lies deeper in a schema or in arguments is alike.
            field = line["event"], tuple(k for k in path if isinstance(k, str))[:3]
            where.setdefault(field, []).append((number, path))
    while where:
        taken: dict[int, Field] = {}
        journal: dict[Field, Line] = {}
        for field, found in list(where.items()):
            number, path = next((f for f in found if f[0] not in taken), (0, ()))
            if path and not (taken and 0 in (number, *taken)):
                taken[number] = field
                journal[field] = changed(lines[number], path, value) | {"number": number}
                del where[field]
        yield journal


@pytest.mark.parametrize("value", [EVIL, 10**30], ids=["text", "number"])
def test_no_field_of_a_journal_breaks_a_command_or_reaches_the_terminal(
    honest: Path, tmp_path: Path, value: object
) -> None:
    """Refused in one line, or shown inert."""
    lines = [json.loads(line) for line in (honest / "run.jsonl").read_text().splitlines()]
    everything = [arg for name in format_names() for arg in ("--report", name)]
    failed = next(v.case_id for v in load_run(honest).verdicts if v.status == "fail")
    fields: list[Field] = []
    for journal in doctored(lines, value):
        spoilt = {line.pop("number"): line for line in journal.values()}
        run = tmp_path / "run"
        run.mkdir(exist_ok=True)
        written = [spoilt.get(number, line) for number, line in enumerate(lines)]
        (run / "run.jsonl").write_text("".join(json.dumps(line) + "\n" for line in written))
        commands = [("report", run, *everything), ("attribute", run), ("bug", run)]
        commands += [("show", run), ("show", run, failed)]
        for args in commands if value == EVIL else commands[:1]:
            done = toolfuzz_(*args)
            assert done.exit_code in (0, 2), (list(journal), args[0], done.output)
            assert not {"\x1b", "\x07", "\u202e"} & set(done.output), (list(journal), args[0])
            assert "\n::error::x" not in done.output, (list(journal), args[0])
        if value == EVIL:
            with suppress(UsageError):
                for page in pages_of(run):
                    assert not {"\x1b", "\x07", "\u202e"} & set(page), list(journal)
        fields += journal
    assert len(fields) == len(set(fields)) > 50


def test_what_a_journal_says_of_itself_is_printed_inert(
    strange: Callable[[Callable[[Line], object]], Path],
) -> None:
    evil = "\x1b[31m\x1b]0;T\x07\n::error::x"

    def edit(line: Line) -> None:
        if line["event"] == "run-finished":
            line["reason"] = evil
        if line["event"] == "run-started":
            line["version"] = evil

    run = strange(edit)
    for args in ((), ("--report", "markdown"), ("--report", "github"), ("--report", "html")):
        done = toolfuzz_("report", run, *args)
        assert not {"\x1b", "\x07"} & set(done.output)
        assert "\n::error::x" not in done.output


def _first_word(text: str) -> str:
    words = shlex.shlex(text, posix=True)
    words.whitespace_split = True
    return next(words)


def test_a_command_to_go_on_with_can_be_pasted_whatever_the_folder_and_the_model_are_called(
    strange: Callable[[Callable[[Line], object]], Path],
) -> None:
    """Folders come out of archives, and models' names out of journals."""
    evil = "$(touch PWNED);\x1b[31m'\u202e"

    def edit(line: Line) -> None:
        if line["event"] == "run-started":
            line["targets"][0]["name"] = evil
        if "target" in line:
            line["target"] = evil

    run = strange(edit)
    run = run.rename(run.with_name(f"run {evil}"))
    pasted = []
    for args in (("report",), ("show",), ("bug", "--most", "1"), ("judge", "--out", run / "j")):
        done = toolfuzz_(args[0], run, *args[1:])
        assert done.exit_code == 0, done.output
        assert not {"\x1b", "\u202e"} & set(done.output), args
        _, *told = " ".join(done.output.split()).split("toolfuzz show ")
        pasted += [_first_word(text) for text in told]
    assert len(pasted) == 3
    assert all(word.startswith(printable(str(run))) for word in pasted), pasted


@pytest.mark.parametrize(
    "settings",
    [{"headers": 5}, {"headers": [1]}, {"policy": 5}, {"check": 5}, {"models": 5}],
    ids=str,
)
def test_what_a_journal_says_of_its_options_may_be_anything(
    strange: Callable[[Callable[[Line], object]], Path], settings: Line
) -> None:
    def edit(line: Line) -> None:
        if line["event"] == "run-started":
            line["settings"].update(settings)

    done = toolfuzz_("run", "--resume", strange(edit), "--dry-run")
    assert done.exit_code in (0, 2), done.output


@pytest.mark.parametrize("trial", [5, [], {"accepted": 5}, {"subject": [EVIL]}], ids=ascii)
def test_what_a_journal_says_of_a_trial_may_be_anything(
    strange: Callable[[Callable[[Line], object]], Path], trial: object
) -> None:
    def edit(line: Line) -> None:
        if line["event"] == "run-started":
            line["settings"]["trial"] = trial

    done = toolfuzz_("report", strange(edit), "--report", "html", "--report", "junit")
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output


@pytest.mark.parametrize(
    "settings",
    [
        {"key_env": "A$(touch /tmp/x)"},
        {"key_env": "A B"},
        {"key_env": 7},
        {"base_url": "http://h/v1$(id)'\"; id"},
        {"base_url": "file:///etc/passwd"},
        {"base_url": ["http://h/v1"]},
    ],
)
def test_what_is_no_variable_or_address_gets_into_no_command(settings: Line) -> None:
    target = Target("m", "127.0.0.1:9", "m", "openai-chat")
    with pytest.raises(UsageError, match="the run's"):
        service_of(target, {"base_url": "http://127.0.0.1:9/v1", **settings})


DANGEROUS = [
    ({"base_url": "http://evil.example/v1"}, "a server to ask, http://evil.example/v1"),
    ({"key_env": "AWS_SECRET_ACCESS_KEY"}, "a variable whose value is sent"),
    ({"mcp": ["sh -c 'touch PWNED'"]}, "an MCP server to start"),
    ({"tools": ["python:antigravity:x"]}, "a Python module to import"),
    ({"openapi": ["https://evil.example/api.json"]}, "a server to read from"),
    ({"engine_python": "/tmp/evil"}, "a program to start"),
    ({"models": ["engine/sglang@0.0.1:glm45"]}, "an engine to fetch and run, sglang 0.0.1"),
]


@pytest.mark.parametrize(
    "command",
    [("run", "--resume"), ("minimize",), ("attribute", "--confirm"), ("bug", "--ask")],
    ids=" ".join,
)
@pytest.mark.parametrize(("settings", "said"), DANGEROUS, ids=lambda v: str(v)[:20])
def test_nothing_of_a_folder_is_run_or_asked_without_trust(
    strange: Callable[[Callable[[Line], object]], Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    settings: Line,
    said: str,
    command: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)

    def edit(line: Line) -> None:
        if line["event"] == "run-started":
            line["settings"].update(settings)

    done = toolfuzz_(*command, strange(edit))
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert "--trust" in done.stderr
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize("model", ["engine/sglang@0.0.1:glm45", "sglang@0.0.1:glm45"])
@pytest.mark.parametrize("command", ["bug", "minimize"])
def test_an_engine_that_only_a_target_names_is_not_fetched_without_trust(
    strange: Callable[[Callable[[Line], object]], Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
    model: str,
) -> None:
    monkeypatch.setenv("TOOLFUZZ_CACHE", str(tmp_path / "cache"))

    def edit(line: Line) -> None:
        if line["event"] == "run-started":
            line["targets"][0] |= {"kind": "engine", "model": model, "endpoint": "engine"}

    run = strange(edit)
    done = toolfuzz_(command, run)
    assert done.exit_code == 2, done.output
    assert "an engine to fetch and run, sglang 0.0.1" in done.stderr and "--trust" in done.stderr
    fetched = tmp_path / "cache" / "engines" / "sglang" / "0.0.1"
    fetched.mkdir(parents=True)
    assert not list(powers(named_by(load_run(run).started))), "it is run where it is known here"


def test_a_stored_baseline_starts_nothing_and_is_asked_nowhere_without_trust(
    strange: Callable[[Callable[[Line], object]], Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)

    def commands(line: Line) -> None:
        if line["event"] == "run-started":
            line["settings"]["mcp"] = ["sh -c 'touch PWNED'"]

    baseline = strange(commands)
    args = ("check", "-m", "sim/clean", "--cases", "8", "--quiet", "--force", "--baseline")
    done = toolfuzz_(*args, baseline, "--out", "one")
    assert done.exit_code == 2
    assert "an MCP server to start" in done.stderr
    assert not (tmp_path / "PWNED").exists()

    text = (baseline / "run.jsonl").read_text().replace("sh -c 'touch PWNED'", "")
    elsewhere = text.replace('"base_url": null', '"base_url": "http://evil.example/v1"')
    assert elsewhere != text
    (baseline / "run.jsonl").write_text(elsewhere.replace('"mcp": [""]', '"mcp": []'))
    done = toolfuzz_(*args, baseline, "--out", "two", "--json")
    assert "evil.example" in json.loads(done.stdout)["unreachable"]
    assert "--trust" in json.loads(done.stdout)["unreachable"]


@pytest.mark.parametrize(
    ("settings", "harmless"),
    [
        ({"base_url": "http://127.0.0.1:9/v1", "key_env": "MY_KEY"}, False),
        ({"base_url": "http://localhost:9/v1"}, True),
        ({"base_url": "http://[::1]:9/v1"}, True),
        ({"base_url": "http://127.0.0.1.evil.example/v1"}, False),
        ({"base_url": "http://evil@127.0.0.1:9/v1"}, True),
        ({"base_url": "http://127.0.0.1@evil.example/v1"}, False),
        ({"base_url": "http://[broken"}, False),
        ({"base_url": 7}, False),
        ({"tools": ["my_tools.json"], "openapi": ["api.json"], "cases": 5}, True),
        ({"mcp": "one alone"}, False),
        ({}, True),
    ],
)
def test_what_stays_on_this_machine_needs_no_trust(settings: Line, harmless: bool) -> None:
    assert (not list(powers(settings))) is harmless
    require_trust(settings, trust=True)


@pytest.mark.parametrize(
    "template",
    [
        b"{{ report.__class__.__mro__[1].__subclasses__() }}",
        b"{{ 1 / 0 }}",
        b"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        b"{% for %}",
        b"\xff\xfe",
        b"{{ report.nowhere }}",
    ],
)
def test_a_template_that_reaches_for_more_than_the_report_or_breaks_is_refused(
    honest: Path, tmp_path: Path, template: bytes
) -> None:
    path = tmp_path / "evil.j2"
    path.write_bytes(template)
    done = toolfuzz_("bug", honest, "--most", "1", "--template", path, "--out", tmp_path / "b")
    assert done.exit_code == 2
    assert "can't be used" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_template_sees_the_report(honest: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.j2"
    path.write_text("{{ report.title }}")
    done = toolfuzz_("bug", honest, "--most", "1", "--template", path, "--out", tmp_path / "b")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    "text", ["../x", "a/b", "a\\b", ".", "..", "", "a\x00b", "x" * 500, "漢" * 150]
)
def test_a_name_for_a_file_is_one(text: str) -> None:
    name = file_name(text)
    assert name and len(name.encode()) <= 150
    assert not set(name) & set("/\\\x00") and not name.startswith(".")
