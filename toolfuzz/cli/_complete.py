"""What a shell may complete: models, runs, defects, reports. Only click is imported for it."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

__all__ = ["complete_defects", "complete_models", "complete_reports", "complete_runs"]

_PACKAGE = Path(__file__).parents[1]


def complete_models(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return aliases of the known services, and the simulated profiles."""
    services = _table("sources/endpoints.toml").values()
    aliases = (name for one in services for name in one.get("models", {}))
    return _matching(
        [*aliases, *(f"sim/{p}" for p in _table("simulate/profiles.toml"))], incomplete
    )


def complete_runs(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the runs in reports/ and here, the newest first; else what the shell has."""
    journals = [*Path().glob("*/run.jsonl*"), *Path("reports").glob("*/run.jsonl*")]
    folders = {journal.parent for journal in journals}
    newest = sorted(folders, key=lambda folder: folder.name, reverse=True)
    found = _matching((folder.as_posix() for folder in newest), incomplete)
    return found or [CompletionItem(incomplete, type="file")]


def complete_defects(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the slugs of all defects."""
    slugs = (name for name in _modules("judge/defects") if name != "examples")
    return _matching(slugs, incomplete)


def complete_reports(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the names of the report formats."""
    return _matching(_modules("report/formats"), incomplete)


def _matching(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _modules(folder: str) -> list[str]:
    """Return the names of what is found by its file."""
    found = {path.stem for path in (_PACKAGE / folder).iterdir() if path.stem[0] not in "_."}
    return sorted(name.replace("_", "-") for name in found)


@cache
def _table(path: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((_PACKAGE / path).read_text(encoding="utf-8"))
