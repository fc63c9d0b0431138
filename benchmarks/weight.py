"""What an install weighs, with each extra, and how long it takes to start.

    python benchmarks/weight.py [--extras "" server server,sdks …] [--dir DIR]

Builds the wheel and installs it into fresh virtual environments: the megabytes (10^6 bytes) of disk
that site-packages takes, without what pip compiles (other installers leave that out) and with it,
pip and setuptools not counted; packages, and the processor seconds of `toolfuzz --help` and, with
the server extra, of one question to the simulated endpoint.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETS = ("", "server", "server,sdks", "all")
NOT_OURS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence")
ONE_QUESTION = ("run", "-m", "sim/clean", "--cases", "1", "--quiet")


def build(folder: Path) -> Path:
    """Return the wheel of this checkout."""
    if find_spec("hatchling") is None:
        sys.exit("building the wheel needs hatchling: pip install -e '.[dev]'")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def installed(wheel: Path, extras: str, folder: Path) -> Path:
    """Return the interpreter of an environment with the wheel and these extras."""
    venv.create(folder, with_pip=True)
    python = next(folder.glob("[Bb]*/python*"))
    named = f"{wheel}[{extras}]" if extras else str(wheel)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", named]
    subprocess.run(pip, check=True)
    return python


def megabytes(python: Path) -> tuple[float, float, int]:
    """Return what the environment's packages take of the disk, what is compiled of it, how many."""
    site = next(python.parents[1].glob("[Ll]ib/**/site-packages"))
    size = compiled = packages = 0
    for entry in site.iterdir():
        if entry.name.startswith(NOT_OURS):
            continue
        packages += entry.suffix == ".dist-info"
        for file in [entry, *entry.rglob("*")] if entry.is_dir() else [entry]:
            taken = file.stat().st_blocks * 512
            size += taken
            compiled += taken if "__pycache__" in file.parts else 0
    return size / 1e6, compiled / 1e6, packages


def seconds(python: Path, *command: str) -> tuple[float, float]:
    """Return wall and processor time of a command, its children included; the second time."""
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            before, began = _used(), time.perf_counter()
            subprocess.run(
                [python, "-m", "toolfuzz", *command],
                cwd=folder, check=True, capture_output=True,
                env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
            )  # fmt: skip
            took = time.perf_counter() - began, _used() - before
    return took


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extras", nargs="*", default=SETS)
    parser.add_argument("--dir", type=Path, help="Where the environments are made and stay.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.dir or Path(temporary)
        wheel = build(folder)
        head = f"{'MB':>6} {'compiled':>9} {'packages':>9} {'--help':>8}   1 question"
        print(f"{'extras':16} {head}")
        for extras in options.extras:
            python = installed(wheel, extras, folder / (extras.replace(",", "-") or "core"))
            size, compiled, packages = megabytes(python)
            _, helped = seconds(python, "--help")
            asked = ""
            if extras == "all" or "server" in extras:
                wall, used = seconds(python, *ONE_QUESTION)
                asked = f"{wall:.2f} s, {used:.2f} s of CPU"
            sizes = f"{size - compiled:6.1f} {size:9.1f} {packages:9}"
            print(f"{extras or '(none)':16} {sizes} {helped:6.2f} s   {asked}")


if __name__ == "__main__":
    main()
