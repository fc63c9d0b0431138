"""``toolfuzz observe``: official SDKs talk through it, and what passed is a run like others."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import needs
import pytest
from click.testing import CliRunner, Result

from toolfuzz.cli import cli
from toolfuzz.runs.reading import load_run
from toolfuzz.simulate.process import start

KEY = "sk-not-to-be-kept-0123456789"
SCHEMA = {
    "type": "object",
    "properties": {
        "config": {"anyOf": [{"type": "object"}, {"type": "null"}]},
        "batch": {"type": "integer"},
    },
    "required": ["config", "batch"],
}
PROMPT = """Call import_data with exactly these arguments:
```json
{"config": {"env": "prod"}, "batch": 3}
```
"""


def toolfuzz_(*args: str) -> Result:
    return CliRunner().invoke(cli, args, prog_name="toolfuzz")


@contextmanager
def observing(upstream: str, folder: Path, *more: str) -> Iterator[tuple[str, Any]]:
    """Run the command; its address and the process."""
    command = [
        *(sys.executable, "-m", "toolfuzz", "observe"),
        "--upstream",
        upstream,
        "--port",
        "0",
        "--out",
        str(folder),
        *more,
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def ended(process: Any) -> str:
    """Stop it as Ctrl-C does; return what it says."""
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    return str(said) + str(errors)


def ask_openai(url: str, *, times: int = 1) -> Any:
    """Ask by the official SDK, plain and streamed, and go on from the last call's result."""
    import openai

    client = openai.OpenAI(base_url=url, api_key=KEY, max_retries=0)
    tools: Any = [{"type": "function", "function": {"name": "import_data", "parameters": SCHEMA}}]
    said: Any = [{"role": "user", "content": PROMPT}]
    for _ in range(times):
        reply = client.chat.completions.create(model="served", messages=said, tools=tools)
        stream = client.chat.completions.create(
            model="served", messages=said, tools=tools, stream=True
        )
        assert sum(1 for _ in stream) > 2
    message = reply.choices[0].message
    assert message.tool_calls
    said += [message.model_dump(exclude_none=True)]
    said += [{"role": "tool", "tool_call_id": c.id, "content": "done"} for c in message.tool_calls]
    return client.chat.completions.create(model="served", messages=said, tools=tools)


@needs.signals
def test_what_passes_is_judged_and_kept_as_a_run(tmp_path: Path) -> None:
    folder = tmp_path / "seen"
    with (
        start(profile="fault:object-as-json-string") as upstream,
        observing(upstream.base_url, folder) as (url, process),
    ):
        ask_openai(url)
        told = ended(process)
    assert "served: object-as-json-string of import_data at /config: got" in told
    assert "failing tool" in told and "import_data" in told.partition("failing tool")[2]
    run = load_run(folder, keep_exchanges=True)
    assert [target.name for target in run.started.targets] == ["served"]
    assert sorted((v.stream, v.status) for v in run.verdicts) == [
        (False, "fail"), (False, "pass"), (True, "fail"),
    ]  # fmt: skip
    kept = (folder / "run.jsonl").read_text()
    assert KEY not in kept
    assert json.loads((folder / "summary.json").read_text())["targets"][0]["judged"] == 3


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what was observed of an endpoint that is still there."""
    folder = tmp_path_factory.mktemp("observed") / "seen"
    with start(profile="fault:object-as-json-string") as upstream:
        with observing(upstream.base_url, folder) as (url, process):
            ask_openai(url)
            ended(process)
        yield folder


@needs.signals
@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("report RUN", "object-as-json-string"),
        ("bug RUN --out bugs", "object-as-json-string-1.md"),
        ("corpus add RUN", "object-as-json-string"),
        ("minimize RUN --trust --max-calls 200", "expected  not known"),
        ("show RUN", "object-as-json-string"),
    ],
)
def test_other_commands_read_what_was_observed(
    command: str, says: str, observed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    done = toolfuzz_(*(str(observed) if word == "RUN" else word for word in command.split()))
    assert done.exit_code == 0, done.output
    assert says in done.output


@needs.signals
def test_two_formats_are_two_runs(tmp_path: Path) -> None:
    import anthropic

    folder = tmp_path / "seen"
    with start() as upstream, observing(upstream.base_url, folder) as (url, process):
        ask_openai(url)
        client = anthropic.Anthropic(base_url=url.removesuffix("/v1"), api_key=KEY, max_retries=0)
        tools: Any = [{"name": "import_data", "input_schema": SCHEMA}]
        said: Any = [{"role": "user", "content": PROMPT}]
        with client.messages.stream(
            model="served", max_tokens=400, messages=said, tools=tools
        ) as stream:
            assert stream.get_final_message().content[0].type == "tool_use"
        ended(process)
    for name, format in (
        ("seen", "openai-chat"),
        ("seen-anthropic-messages", "anthropic-messages"),
    ):
        run = load_run(tmp_path / name)
        assert {target.format for target in run.started.targets} == {format}
        assert {verdict.status for verdict in run.verdicts} == {"pass"}


@needs.signals
def test_when_it_is_killed_nothing_that_had_passed_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "seen"
    with start() as upstream, observing(upstream.base_url, folder) as (url, process):
        ask_openai(url, times=5)
        for _ in range(100):
            journal = folder / "run.jsonl"
            if journal.exists() and journal.read_text().count('"verdict-reached"') == 11:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(load_run(folder).verdicts) == 11


@needs.full_disk
def test_a_full_disk_is_told_of_and_breaks_no_traffic(tmp_path: Path) -> None:
    folder = tmp_path / "seen"
    folder.mkdir()
    with start() as upstream, observing(upstream.base_url, tmp_path / "new") as (url, process):
        (tmp_path / "new").mkdir()
        (tmp_path / "new/run.jsonl").symlink_to("/dev/full")
        assert ask_openai(url).choices[0].message.content == "The tool answered: done"
        told = ended(process)
    assert "could not be kept" in told


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--upstream", "api.openai.com"], "is no address"),
        (["--upstream", "http://key@host/v1"], "credentials go into the agent's own"),
        (["--upstream", "http://127.0.0.1:9", "--out", "."], "already exists"),
        ([], "missing option '--upstream'"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(given: list[str], says: str) -> None:
    done = toolfuzz_("observe", "--port", "0", *given)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
