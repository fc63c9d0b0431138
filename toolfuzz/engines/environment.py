"""The Python in which an engine's parser runs: an environment of its own, or the user's."""

import hashlib
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from toolfuzz.core.errors import UsageError
from toolfuzz.engines.known import fetchable
from toolfuzz.engines.store import cache_folder, pip_error, run_pip

__all__ = ["check_python", "is_built", "parser_python"]


def parser_python(engine: str) -> Path:
    """Return the Python for an engine's releases, building its environment on first use (10 s).

    Raises UsageError when pip or the network is missing.
    """
    requirements = fetchable()[engine].requirements
    place = _place(requirements)
    if not place.is_dir():
        _build(place, requirements)
    return _python_of(place)


def is_built(engine: str) -> bool:
    """Whether ``parser_python`` has nothing to build or to download."""
    return _place(fetchable()[engine].requirements).is_dir()


def _place(requirements: Sequence[str]) -> Path:
    recipe = "\n".join((sys.version, *requirements))
    return cache_folder() / f"environment-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"


def _build(place: Path, requirements: Sequence[str]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".building-") as folder:
        building = Path(folder) / "environment"
        venv.create(building, with_pip=False, symlinks=os.name != "nt")
        if requirements:
            _install(_python_of(building), requirements)
        try:
            building.rename(place)
        except OSError:
            # Another process was quicker; its environment is as good.
            if not place.is_dir():
                raise


def _install(python: Path, requirements: Sequence[str]) -> None:
    done = run_pip("--python", str(python), "install", "--no-compile", *requirements)
    if done.returncode:
        raise UsageError(
            f"the engines' environment could not be built: {pip_error(done.stderr)}",
            "check the network and pip's settings, or name an installed engine by --engine-python",
        )


def _python_of(environment: Path) -> Path:
    if os.name == "nt":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def check_python(python: str) -> Path:
    """Return the user's Python; raises UsageError if it does not run."""
    path = Path(python).expanduser()
    try:
        done = subprocess.run(
            [str(path), "-c", "print('python')"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(
            f"{python} does not run: {error}", "--engine-python PATH/TO/python"
        ) from None
    if done.stdout.strip() != "python":
        raise UsageError(f"{python} is no Python", "--engine-python PATH/TO/python")
    return path
