"""Commands and programs of a report are run as they stand there, with hostile text everywhere.

They send what was sent, and do nothing else.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from urllib.parse import unquote

import needs
import pytest
from hostile_server import Asked, answer, serving

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Message, Tool
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.evidence.relay.reproduction import reproduction
from toolfuzz.formats import Request, format_names, wire_format
from toolfuzz.runs.reproduce import Service, service_of

EVIL = (
    "$(touch pwned)`touch pwned`${HOME}'; touch pwned; '\"; touch pwned; \"\\"
    "\nJSON\ntouch pwned\nEOF\n!! !touch !-1 ~ * %s \\n '''\"\"\" \\'''\ntouch pwned #"
    "\r\t\x1b[31m\x00\u202e\u2028</script>\U0001f600\\"
)
PATH = "/$(touch${IFS}pwned);touch${IFS}pwned&`touch`'\"!!{a,b}[1-3]/v1"
OWN = {"X-Team": "the team: ${TEAM}"}
KEY = "$(touch pwned)`touch pwned`\"'\\ !!"
SHELLS = {
    "bash": ("bash", ""),
    "sh": ("sh", ""),
    "bash with a history": ("bash", "set -o history -o histexpand\n"),
}

TELLING = """#!{python}
import json, os, sys
with open({told!r}, "a") as file:
    print(json.dumps([sys.argv[1:], os.environ.get("SOME_NAME")]), file=file)
"""


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which nothing may be when the test is over."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SOME_KEY", KEY)
    monkeypatch.setenv("TEAM", "blue")
    yield folder
    assert list(folder.iterdir()) == []


@contextmanager
def listening() -> Iterator[tuple[str, list[Asked]]]:
    """A server that takes anything down."""
    seen: list[Asked] = []

    async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
        seen.append(asked)
        await answer(writer, b"{}", content_type="application/json")

    with serving(reply) as server:
        yield server.url, seen


def request(name: str, *, stream: bool = False) -> Request:
    """A question that is hostile wherever it can be."""
    schema = {"type": "object", "properties": {EVIL: {"type": "string", "default": EVIL}}}
    ask = Ask(EVIL, (Tool(EVIL, EVIL, schema),), (Message("user", EVIL),), stream=stream)
    return wire_format(name).request(ask, params={EVIL: EVIL, "temperature": 0})


def in_shell(shell: str, command: str) -> str:
    program, before = SHELLS[shell]
    done = subprocess.run(
        [program], input=(before + command).encode(), capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


@needs.shell
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", format_names())
def test_a_curl_command_sends_the_request_and_does_nothing_else(
    empty: Path, name: str, shell: str
) -> None:
    asked = request(name)
    with listening() as (url, seen):
        service = Service(url + PATH, name, "SOME_KEY", headers=OWN)
        in_shell(shell, service.curl(asked, stream=False))
    (sent,) = seen
    assert sent.headers["x-team"] == "the team: blue"
    assert sent.path == PATH + asked.path
    assert sent.sent == json.dumps(asked.body, indent=2).encode() + b"\n"
    assert any(KEY in value for value in sent.headers.values())


@pytest.mark.parametrize("name", format_names())
def test_a_program_sends_the_request_and_does_nothing_else(empty: Path, name: str) -> None:
    asked = request(name)
    path = PATH.replace(";", "/")  # what stands behind it google-genai leaves out
    with listening() as (url, seen), redirect_stdout(StringIO()):
        program = Service(url + path, name, headers=OWN).python(asked)
        exec(compile(program, "reproduction", "exec"), {})
    (sent,) = seen
    assert unquote(sent.path) == unquote(path + asked.path)
    assert sent.headers["x-team"] == "the team: blue"
    # google-genai adds an empty configuration of its own.
    assert {"generationConfig": {}, **sent.body} == {"generationConfig": {}, **asked.body}


@needs.shell
@pytest.mark.parametrize("shell", SHELLS)
def test_the_commands_of_a_trial_are_the_words_that_were_meant(
    empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    evil = EVIL.replace("\x00", "")
    trial = {
        "subject": evil,
        "command": ["toolfuzz", evil, "--x={port}", "-o"],
        "env": {"SOME_NAME": evil},
        "headers": {f"X-{evil}": evil},
        "config": "x",
        "config_name": evil,
        "prefix": PATH,
        "url": None,
    }
    asked = Exchange("c", 0, "t", 0, False, request("openai-chat").body, ())
    target = Target(evil, "t", evil, "openai-chat", params={"k": evil})
    made = reproduction(trial, target, asked, "case.json")
    told = tmp_path / "told"
    program = tmp_path / "toolfuzz"
    program.write_text(TELLING.format(python=sys.executable, told=str(told)))
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    in_shell(shell, "\n".join((made["start"], made["trial"], made["serve"])))
    start, again, serve = map(json.loads, told.read_text().splitlines())
    assert start == [[evil, "--x=4000", "-o"], evil]
    assert again[0][:3] == ["trial", "--subject", evil]
    assert {f"X-{evil}: {evil}", f"SOME_NAME={evil}", f"k={json.dumps(evil)}"} <= set(again[0])
    assert serve[0] == ["serve", "--script", "case.json", "--port", "8401"]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_starts_a_simulator_is_one_word(empty: Path, shell: str) -> None:
    evil = EVIL.replace("\x00", "")
    for kind, settings in (("simulated", {}), ("http", {"judged": "x"})):
        target = Target("t", "t", evil, "openai-chat", kind=kind)
        start = service_of(target, settings).start
        said = in_shell(shell, "printf '<%s>' " + start)
        assert f"<{evil}>" in said
