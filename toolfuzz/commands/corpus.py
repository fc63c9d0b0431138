"""``toolfuzz corpus``: a team's own collection of failures."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolfuzz.commands._given import run_options_from
from toolfuzz.commands.replay import ask_again, known_failures, replayed_to_json
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import printable
from toolfuzz.evidence.corpus import (
    STARTER,
    Entry,
    Note,
    add_entry,
    free_name,
    read_corpus,
    remove_entry,
    replace_entry,
    starter_folder,
)
from toolfuzz.evidence.replay import KnownFailure, Replayed
from toolfuzz.judge.catalogue import defects


def add(
    what: Path,
    folder: str,
    name: str | None,
    happened: str | None,
    expected: str | None,
    dimension: str | None,
    **given: Any,
) -> None:
    """Do what ``toolfuzz corpus add`` does."""
    place = _own(folder)
    known = known_failures(what, given)
    if name and len(known) > 1:
        raise UsageError(
            f"the run has {len(known)} distinct failures, and --name names one case",
            "leave --name out, or add a single case file",
        )
    kept = {e.case.id: e for e in read_corpus(place)} if place.is_dir() else {}
    told = {"happened": happened, "expected": expected, "dimension": dimension}
    for one in known:
        if entry := kept.get(one.case.id):
            _noted_anew(place, entry, {name: text for name, text in told.items() if text})
            continue
        plain_name = name or free_name(place, f"{one.slug or 'case'}-{one.case.id[:6]}")
        note = _note(one, happened, expected, dimension)
        new = Entry(plain_name, one.case, note, one.slug, one.stream, seen=one.seen)
        kept[one.case.id] = new
        click.echo(printable(str(add_entry(place, new))))


def _noted_anew(place: Path, entry: Entry, told: dict[str, str]) -> None:
    """Say of a case that is kept already what was told of it now."""
    if told:
        replace_entry(place, replace(entry, note=replace(entry.note, **told)))
    said = "already there, noted anew" if told else "already there"
    click.echo(f"{said}: {printable(entry.name)}")


def list_cases(folder: str, as_json: bool) -> None:
    """Do what ``toolfuzz corpus list`` does."""
    entries = read_corpus(_any(folder))
    if as_json:
        listed = [
            {
                "name": e.name,
                "slug": e.slug,
                "stream": e.stream,
                "happened": e.note.happened,
                "expected": e.note.expected,
                "dimension": e.note.dimension,
                "sources": list(e.sources),
                "profile": e.profile,
            }
            for e in entries
        ]
        click.echo(json.dumps(listed, indent=2))
        return
    for e in entries:
        click.secho(printable(e.name), bold=True, nl=False)
        click.echo(f"   {printable(e.slug or 'any failure')} · {printable(e.note.dimension)}")
        click.echo(f"  happened  {printable(e.note.happened)}")
        click.echo(f"  expected  {printable(e.note.expected)}")
        if e.sources:
            click.echo(f"  source    {printable(', '.join(e.sources))}")
    click.echo(f"{len(entries)} cases")


def remove(folder: str, names: tuple[str, ...]) -> None:
    """Do what ``toolfuzz corpus remove`` does."""
    for name in names:
        click.echo(f"removed {printable(str(remove_entry(_own(folder), name)))}")


def run_corpus(folder: str, times: int, as_json: bool, **given: Any) -> None:
    """Do what ``toolfuzz corpus run`` does."""
    options = run_options_from(given)
    entries = read_corpus(_any(folder))
    if not entries:
        raise UsageError(f"the corpus {folder} is empty", "`toolfuzz corpus add RUN` fills it")
    known = [e.known for e in entries]
    found = ask_again(options.models, options.access, known, times=times, modes=given["stream"])
    if as_json:
        click.echo(json.dumps([replayed_to_json(model, r) for model, r in found], indent=2))
        return
    _print_comparison(options.models, found)


def _print_comparison(models: Sequence[str], found: Sequence[tuple[str, Replayed]]) -> None:
    cells: dict[str, dict[str, Replayed]] = {}
    for model, done in found:
        mode = " (streamed)" if done.known.stream else ""
        cells.setdefault(f"{done.known.name}{mode}", {})[model] = done
    table = Table(box=None, pad_edge=False)
    table.add_column("case")
    for model in models:
        table.add_column(Text(printable(model)), justify="right")
    for name, row in cells.items():
        table.add_row(Text(printable(name)), *(_cell(row.get(m)) for m in models))
    passed = [
        sum(m in row and _passed(row[m]) == row[m].asked > 0 for row in cells.values())
        for m in models
    ]
    table.add_section()
    table.add_row("always passed", *(f"{n} of {len(cells)}" for n in passed))
    Console().print(table)
    click.echo("a cell: answers that passed, of those that could be judged")


def _passed(done: Replayed) -> int:
    return done.asked - done.failed - done.otherwise


def _cell(done: Replayed | None) -> str:
    if done is None or not done.asked:
        return "–"
    return f"{_passed(done)}/{done.asked}"


def _note(
    known: KnownFailure, happened: str | None, expected: str | None, dimension: str | None
) -> Note:
    entry = defects().get(known.slug or "")
    usual, about = "The call with exactly the arguments that the prompt gives.", "unknown"
    if not known.case.knows_answer(-1):
        usual = "Not known; only the wire, the schemas and the history were judged."
    elif known.case.is_recorded:
        usual = "The calls that its last turn expects."
    if known.case.world is not None:
        usual, about = "Any calls that lead to the goal of its world.", known.case.probe
    elif entry:
        about = entry.layer
    return Note(
        happened or (entry.title if entry else "It failed."), expected or usual, dimension or about
    )


def _own(folder: str) -> Path:
    if folder == STARTER:
        raise UsageError("the starter corpus is read-only", "choose a folder with --corpus DIR")
    return Path(folder)


def _any(folder: str) -> Path:
    return starter_folder() if folder == STARTER else Path(folder)
