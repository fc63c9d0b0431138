"""What a shell may complete. Names are read from files; nothing but click is imported for it."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from toolfuzz.config_file import read_config
from toolfuzz.core.errors import UsageError

__all__ = [
    "complete_defects",
    "complete_dimensions",
    "complete_explained",
    "complete_faults",
    "complete_formats",
    "complete_models",
    "complete_probes",
    "complete_profiles",
    "complete_reports",
    "complete_runs",
    "complete_tools",
]

Items = list[CompletionItem]
Complete = Callable[[click.Context, click.Parameter, str], Items]

_PACKAGE = Path(__file__).parents[1]


def complete_models(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Return the services of toolfuzz.toml, aliases of those that are known, simulated profiles."""
    services = _table("sources/endpoints.toml").values()
    aliases = (name for one in services for name in one.get("models", {}))
    simulated = (f"sim/{name}" for name in _profiles())
    return _matching([*_own_services(), *aliases, *simulated], incomplete)


def complete_runs(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Return the runs in reports/ and here, the newest first; else what the shell has."""
    journals = [*Path().glob("*/run.jsonl*"), *Path("reports").glob("*/run.jsonl*")]
    folders = {journal.parent for journal in journals}
    newest = sorted(folders, key=lambda folder: folder.name, reverse=True)
    found = _matching((folder.as_posix() for folder in newest), incomplete)
    return found or [CompletionItem(incomplete, type="file")]


def _offers(names: Callable[[], Iterable[str]]) -> Complete:
    """Return a completion by these names."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
        return _matching(names(), incomplete)

    return complete


def _defects() -> list[str]:
    return [name for name in _modules("judge/defects") if name != "examples"]


def _dimensions() -> list[str]:
    said = r'^FAMILY = Family\(\s*name="([^"]+)"'
    return [name for _, name in _written("generate/dimensions", said, "**/*.py")]


def _faults() -> list[str]:
    """Return the faults of a file or function of their own; loops make more (``glm/strip``)."""
    with_fault = (path.stem.replace("_", "-") for path, _ in _written("judge/defects", r"\bfault="))
    others = (name for _, name in _written("simulate/faults", r'^@(?:http_)?fault\(\s*"([^"]+)"'))
    return sorted({*with_fault, *others, *(f"ignores-{name}" for name in _dimensions())})


def _probes() -> list[str]:
    folders = ("generate/probes", "generate/conversations")
    return [name for f in folders for _, name in _written(f, r'^PROBE = \w+\(\s*"([^"]+)"')]


def _own_services() -> list[str]:
    """Return the names of toolfuzz.toml's ``[[endpoint]]`` tables; none where it can't be read."""
    with suppress(UsageError, AttributeError, KeyError, TypeError):
        if found := read_config():
            return [str(one["name"]) for one in found[1].get("endpoint", [])]
    return []


def _profiles() -> Iterable[str]:
    return _table("simulate/profiles.toml")


complete_defects = _offers(_defects)
complete_dimensions = _offers(_dimensions)
complete_explained = _offers(lambda: [*_defects(), *_dimensions()])
complete_faults = _offers(_faults)
complete_formats = _offers(
    lambda: sorted(p.parent.name.replace("_", "-") for p in _PACKAGE.glob("formats/*/format.py"))
)
complete_probes = _offers(lambda: [*_probes(), *_dimensions(), "dimensions"])
complete_profiles = _offers(_profiles)
complete_reports = _offers(lambda: _modules("report/formats"))


def complete_tools(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Return the shipped catalogues, and let the shell add its files."""
    folders = (_PACKAGE / "schemas", _PACKAGE.parent / "schemas")
    names = {path.stem for folder in folders for path in folder.glob("*.json")}
    return [*_matching(sorted(names), incomplete), CompletionItem(incomplete, type="file")]


def _matching(names: Iterable[str], incomplete: str) -> Items:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _modules(folder: str) -> list[str]:
    """Return the names of what is found by its file."""
    found = {path.stem for path in (_PACKAGE / folder).iterdir() if path.stem[0] not in "_."}
    return sorted(name.replace("_", "-") for name in found)


def _written(folder: str, pattern: str, files: str = "*.py") -> Iterator[tuple[Path, str]]:
    """Yield each file of a folder with what the pattern finds in it."""
    for path in sorted((_PACKAGE / folder).glob(files)):
        for found in re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE):
            yield path, found


@cache
def _table(path: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((_PACKAGE / path).read_text(encoding="utf-8"))
