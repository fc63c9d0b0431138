"""A release as readers find it: where its package is, and packages as plain folders."""

import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any


def located(package: str, root: str | None) -> tuple[Path, str]:
    """Return the folder that holds a package, and its version.

    It is the release unpacked under ``root``, or the one that this Python has installed; raises
    ModuleNotFoundError.
    """
    if root is not None:
        return Path(root), Path(root).name
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    folder = Path(next(iter(spec.submodule_search_locations))).parent
    return folder, importlib.metadata.version(package)


def place(function: Any, folder: Path) -> dict[str, Any] | None:
    """Return where a function stands: its file below the release's folder, line and full name."""
    plain = inspect.unwrap(function)
    code = getattr(plain, "__code__", None)
    if code is None:
        return None
    path = Path(code.co_filename).resolve()
    inside = path.is_relative_to(folder.resolve())
    file = path.relative_to(folder.resolve()).as_posix() if inside else path.name
    return {"file": file, "line": code.co_firstlineno, "name": plain.__qualname__}


class PlainPackages(importlib.abc.MetaPathFinder):
    """Finds packages as plain folders, so that their ``__init__`` doesn't run.

    ``is_plain`` says of a package's full name whether it is one of them.
    """

    def __init__(self, folder: Path, is_plain: Callable[[str], bool]) -> None:
        self.folder = folder
        self.is_plain = is_plain

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """Return the spec of a plain folder; None for what another finder is to find."""
        place = self.folder.joinpath(*fullname.split("."))
        if not self.is_plain(fullname) or not place.is_dir():
            return None
        spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [str(place)]
        return spec
