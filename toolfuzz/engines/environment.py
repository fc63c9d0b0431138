"""The Python in which an engine's parser runs: an environment of its own, or the user's."""

import hashlib
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from toolfuzz.core.errors import UsageError
from toolfuzz.engines.store import cache_folder, pip_error, run_pip

__all__ = ["check_python", "is_built", "parser_python"]

# What SGLang's parsers and wire types import; no GPU stack.
REQUIREMENTS = (
    "msgspec>=0.19,<1",
    "openai>=2.8,<4",
    "orjson>=3.10,<4",
    "partial-json-parser>=0.2,<1",
    "pydantic>=2.12,<3",
    "regex",
)


def parser_python() -> Path:
    """Return the Python of the engines' environment, building it on first use (about 10 s).

    Raises UsageError when pip or the network is missing.
    """
    place = _place()
    if not place.is_dir():
        _build(place)
    return _python_of(place)


def is_built() -> bool:
    """Whether ``parser_python`` has nothing to build or to download."""
    return _place().is_dir()


def _place() -> Path:
    recipe = "\n".join((sys.version, *REQUIREMENTS))
    return cache_folder() / f"environment-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"


def _build(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".building-") as folder:
        building = Path(folder) / "environment"
        venv.create(building, with_pip=False, symlinks=os.name != "nt")
        python = str(_python_of(building))
        done = run_pip("--python", python, "install", "--no-compile", *REQUIREMENTS)
        if done.returncode:
            raise UsageError(
                f"the engines' environment could not be built: {pip_error(done.stderr)}",
                "check the network and pip's settings, or name an installed engine by "
                "--engine-python",
            )
        try:
            building.rename(place)
        except OSError:
            # Another process was quicker; its environment is as good.
            if not place.is_dir():
                raise


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
