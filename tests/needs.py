"""What not every system has: a test that needs it says so by one of these, and is skipped there."""

import os
import shutil
from pathlib import Path

import pytest

_WINDOWS = os.name == "nt"

signals = pytest.mark.skipif(_WINDOWS, reason="processes are ended and paused by POSIX's signals")
modes = pytest.mark.skipif(_WINDOWS, reason="who may read a file is said by POSIX's modes")
limits = pytest.mark.skipif(_WINDOWS, reason="files and memory are limited by POSIX's resource")
locks = pytest.mark.skipif(_WINDOWS, reason="files are locked by POSIX's fcntl")
pipes = pytest.mark.skipif(_WINDOWS, reason="needs a named pipe of POSIX")
shell = pytest.mark.skipif(not shutil.which("bash"), reason="commands are run by a shell of POSIX")
proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's /proc")
full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
devices = pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs POSIX's devices")
