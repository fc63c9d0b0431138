"""``toolfuzz compare``: runs side by side."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from toolfuzz.analyze.compare import compare as compared
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.price import price_of
from toolfuzz.core.errors import UsageError
from toolfuzz.core.text import printable
from toolfuzz.report.comparison import print_comparison
from toolfuzz.report.comparison_files import render
from toolfuzz.report.html import render_comparison
from toolfuzz.runs.journal import find_journal
from toolfuzz.runs.reading import load_run
from toolfuzz.system.files import write_private


def compare(paths: tuple[Path, ...], form: str, out: Path | None) -> None:
    """Do what ``toolfuzz compare`` does."""
    if out is not None and out.is_dir():
        raise UsageError(f"--out {out}: that is a folder", f"try {out}/comparison.{form}")
    runs, left_out = _read(paths, keep_exchanges=form == "html")
    result = compared(runs, price_of) | {"left_out": left_out}
    if form == "table" and out is None:
        print_comparison(result)
        return
    text = render_comparison(result, runs) if form == "html" else render(result, form)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_private(out, text)
    except OSError as error:
        raise UsageError(
            f"can't write to {out}: {error.strerror or error}", "choose another --out"
        ) from None
    click.echo(f"wrote {printable(str(out))}", err=True)


def _read(
    paths: Sequence[Path], *, keep_exchanges: bool
) -> tuple[list[tuple[str, RunData]], list[str]]:
    """Return the runs by name, and the names of those whose rate is no fair estimate."""
    journals = list(dict.fromkeys(find_journal(path).resolve() for path in paths))
    short = Counter(journal.parent.name for journal in journals)
    runs, left_out = [], []
    for journal in journals:
        folder = journal.parent
        name = folder.name if short[folder.name] == 1 else str(folder)
        run = load_run(journal, keep_exchanges=keep_exchanges)
        if run.finished is not None and run.finished.reason == "decided":
            left_out.append(name)
        else:
            runs.append((name, run))
    if not runs:
        raise UsageError(
            "these runs stopped early, so their rates are no fair estimates",
            "compare finished `toolfuzz run`s",
        )
    return runs, left_out
