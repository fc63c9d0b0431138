"""Where a project's configuration stands, and what it says before anybody checks it."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from toolfuzz.core.errors import UsageError

__all__ = ["CONFIG_NAME", "read_config"]

CONFIG_NAME = "toolfuzz.toml"


def read_config(start: Path | None = None) -> tuple[Path, dict[str, Any]] | None:
    """Return the nearest file of the project and its tables; raises UsageError for what is no TOML.

    The project is what lies between ``start`` and the top of its repository (where ``.git`` is);
    outside of a repository ``start`` alone: a file further up may be anybody's, and it can name
    commands to run.
    """
    here = (start or Path.cwd()).resolve()
    above = [here, *here.parents]
    tops = [n for n, folder in enumerate(above) if (folder / ".git").exists()]
    for folder in above[: tops[0] + 1 if tops else 1]:
        own, project = folder / CONFIG_NAME, folder / "pyproject.toml"
        if own.is_file():
            return own, _toml(own)
        tools = _toml(project).get("tool") if project.is_file() else None
        if isinstance(tools, dict) and "toolfuzz" in tools:
            return project, tools["toolfuzz"]
    return None


@cache
def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML: {error}") from None
    except RecursionError:
        raise UsageError(f"{path}: nested deeper than can be read") from None
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror or error}") from None
