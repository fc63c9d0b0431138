"""A shown command is done as a reader's shell would do it, toolfuzz itself in this process.

bash splits the words, so quotes, variables, globs and comments mean what they mean to a reader.
Other programs are started as they are written.
"""

import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import httpx
from click.testing import CliRunner

from toolfuzz.cli import cli

_WORDS = 'toolfuzz() { printf "%s\\0" "$@" >&3; }\n'
_ADDRESS = re.compile(r"(?<!passing on to )http://127\.0\.0\.1:\d+[\w/.-]*")


@dataclass(frozen=True)
class Done:
    """How a command ended, and all that it printed."""

    exit_code: int
    output: str


def words_of(command: str, env: Mapping[str, str]) -> list[str]:
    """Return the arguments that toolfuzz gets of a command."""
    script = f"exec 3>&1 >/dev/null\n{_WORDS}{command}"
    done = subprocess.run(
        ["bash", "-c", script], env={**os.environ, **env}, capture_output=True, check=True
    )
    assert not done.stderr, done.stderr.decode()
    return done.stdout.decode().split("\0")[:-1]


def toolfuzz(command: str, env: Mapping[str, str], *more: str) -> Done:
    """Run a command of toolfuzz; what it prints goes where `>` says."""
    done = CliRunner().invoke(cli, [*words_of(command, env), *more], env=env, prog_name="toolfuzz")
    if goal := re.search(r" > (\S+)", command):
        Path(goal[1]).write_text(done.stdout, encoding="utf-8")
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.output)


def program(command: str, env: Mapping[str, str]) -> Done:
    """Run another program."""
    done = subprocess.run(
        ["bash", "-c", command], env={**os.environ, **env}, text=True, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout)


class _Printed(StringIO):
    """What is printed; tells when an address stands in it, or nothing more will come."""

    def __init__(self) -> None:
        super().__init__()
        self.told = threading.Event()

    def write(self, text: str) -> int:
        written = super().write(text)
        if self.address:
            self.told.set()
        return written

    @property
    def address(self) -> str:
        found = _ADDRESS.search(self.getvalue())
        return found[0] if found else ""


def serving(command: str, env: Mapping[str, str], visit: Callable[[str], None], *more: str) -> Done:
    """Run a command that serves until ``visit``, given its address, is done; then Ctrl-C.

    The command has this thread, as the handlers of its signals need; the visit has its own.
    """
    printed, failed = _Printed(), list[BaseException]()

    def visiting() -> None:
        printed.told.wait(60)
        if not printed.address:
            return
        try:
            with httpx.Client(trust_env=False, timeout=10) as http:
                http.get(printed.address)
            visit(printed.address)
        except BaseException as error:
            failed.append(error)
        os.kill(os.getpid(), signal.SIGINT)

    words = [*words_of(command, env), *more]
    visitor = threading.Thread(target=visiting)
    visitor.start()
    code = 0
    with redirect_stdout(printed), redirect_stderr(printed), _environment(env):
        try:
            cli.main(words, prog_name="toolfuzz")
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        finally:
            printed.told.set()
            with suppress(KeyboardInterrupt):
                visitor.join()
    if failed:
        raise failed[0]
    return Done(code, printed.getvalue())


class _environment:  # noqa: N801 - it is used as a function
    """These variables beside those that are there, as long as it lasts."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env, self._before = env, dict(os.environ)

    def __enter__(self) -> None:
        os.environ.update(self._env)

    def __exit__(self, *_: object) -> None:
        os.environ.clear()
        os.environ.update(self._before)
