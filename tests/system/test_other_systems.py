"""What Windows lacks is not needed to load toolfuzz, nor to split a command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import toolfuzz
from toolfuzz.system.specs import without_secrets, words_of

# The libraries come first: they know where they run, and would ask for what is taken away.
WITHOUT_POSIX = """
import asyncio, ctypes, importlib, json, multiprocessing, os, pkgutil, signal, subprocess, sys
import tempfile, webbrowser
import click, h11, httpx, hypothesis, jsonschema, msgspec, pydantic, re2, regex, rich.live, tenacity
import starlette.applications, uvicorn
for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
for name in ("fork", "forkpty", "killpg", "getpgid", "setsid", "getuid", "geteuid", "getgid",
             "fchmod", "fchown", "chown", "mkfifo", "sched_getaffinity", "register_at_fork",
             "O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK", "WNOHANG"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGHUP", "SIGKILL", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGCHLD", "SIGQUIT",
             "setitimer", "alarm", "pthread_sigmask"):
    if hasattr(signal, name):
        delattr(signal, name)
import toolfuzz
# What runs in an engine's own process is a script, the leash and the warden are for POSIX alone,
# and Ray itself asks for resource.
alone = ("toolfuzz.pools.ray_", "toolfuzz.engines.worker", "toolfuzz.engines.known.",
         "toolfuzz.system.leash", "toolfuzz.system.warden",
         "toolfuzz.simulate.__main__", "toolfuzz.__main__")
loaded = 0
for module in pkgutil.walk_packages(toolfuzz.__path__, "toolfuzz."):
    if not module.name.startswith(alone):
        importlib.import_module(module.name)
        loaded += 1
print(loaded)
"""


def test_no_module_needs_posix_to_be_loaded(tmp_path: Path) -> None:
    root = str(Path(toolfuzz.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_POSIX],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": root}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1500:]
    assert int(done.stdout) > 500


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (r"C:\Python\python.exe server.py", [r"C:\Python\python.exe", "server.py"]),
        (
            r'"C:\Program Files\node\npx.cmd" -y server "D:\my data"',
            [r"C:\Program Files\node\npx.cmd", "-y", "server", r"D:\my data"],
        ),
        (r"\\host\share\run.exe --root=C:\x", [r"\\host\share\run.exe", r"--root=C:\x"]),
        ("python 'a b.py' --x '#1'", ["python", "a b.py", "--x", "#1"]),
        (r"python a\ b.py", ["python", "a b.py"]),
    ],
)
def test_a_command_is_split_where_its_words_end(command: str, words: list[str]) -> None:
    if os.name == "nt" and "\\ " in command:
        pytest.skip("a backslash escapes nothing on Windows")
    assert words_of(command) == words


def test_a_path_of_windows_is_shown_as_it_was_given() -> None:
    command = r"C:\Python\python.exe server.py --api-key s3cr3t-s3cr3t"
    assert without_secrets(command).startswith(r"'C:\Python\python.exe' server.py --api-key")
    assert "s3cr3t" not in without_secrets(command)
    assert without_secrets(r"C:\Python\python.exe server.py") == r"C:\Python\python.exe server.py"
