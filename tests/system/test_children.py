"""Children end with their parent and within their limits, also in a loop of C code."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import needs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.system.children import LastWords, leashed, pipe_to

# A regular expression holds the interpreter: no thread and no handler of the child can run.
SPIN = "import re; print('spinning', flush=True); re.match('(a+)+$', 'a' * 80 + '!')"
PARENT = f"""
import subprocess, sys
from toolfuzz.system.children import leashed
child = subprocess.Popen(leashed([sys.executable, "-c", {SPIN!r}]), stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""


def gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


@needs.proc
@pytest.mark.parametrize("ending", ["SIGKILL", "SIGHUP", "SIGTERM"])
def test_a_child_dies_with_its_parent(ending: str) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child)
        parent.send_signal(getattr(signal, ending))
    for _ in range(100):
        if gone(child):
            return
        time.sleep(0.1)
    pytest.fail(f"the child {child} outlived its parent")


@needs.signals
def test_a_child_has_its_processor_time_and_no_more() -> None:
    done = subprocess.run(leashed([sys.executable, "-c", SPIN], cpu_seconds=1), check=False)
    assert done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_a_command_that_is_not_there_says_so() -> None:
    done = subprocess.run(leashed(["no-such-command"]), capture_output=True, check=False)
    assert (done.returncode, b"no-such-command: No such file" in done.stderr) == (127, True)


@given(st.lists(st.binary(max_size=5000), max_size=60))
def test_last_words_are_the_end_of_all_words(pieces: list[bytes]) -> None:
    words = LastWords()
    for piece in pieces:
        words.add(piece)
    lines = [
        x for x in b"".join(pieces)[-65536:].decode(errors="replace").splitlines() if x.strip()
    ]
    assert words.last_line() == (lines[-1].strip() if lines else "")


def test_words_without_end_cost_little_memory() -> None:
    words = LastWords()
    talk = (
        "import sys; [sys.stderr.write('x' * 2**20 + '\\n') for _ in range(100)]; "
        "sys.stderr.write('the end')"
    )
    with pipe_to(words) as errors:
        subprocess.run([sys.executable, "-c", talk], stderr=errors, check=True)
    assert words.last_line() == "the end"
    assert sum(map(len, words._pieces)) < 200_000


async def test_words_of_an_asyncio_child() -> None:
    words = LastWords()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "raise SystemExit('first\\nlast')", stderr=asyncio.subprocess.PIPE
    )
    assert child.stderr is not None
    await words.listen(child.stderr)
    await child.wait()
    assert words.last_line() == "last"
