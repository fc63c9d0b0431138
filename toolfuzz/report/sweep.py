"""The table of a sweep: parsers by releases, on the terminal and as Markdown."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from toolfuzz.core.case import JsonObject
from toolfuzz.core.markdown import code, sentence, table
from toolfuzz.report.words import percent

__all__ = ["sweep_markdown", "sweep_rows"]

_MOST_DEFECTS = 3
_MOST_COLUMNS = 8


def sweep_rows(result: JsonObject) -> list[tuple[str, ...]]:
    """Return (parser, releases, right, of, defects); releases in a row that agree are one row."""
    rows: list[tuple[str, ...]] = []
    for parser in _parsers(result) or [""]:
        cells = [cell for cell in result["cells"] if cell["parser"] in (parser, "")]
        for said, alike in groupby(cells, key=_said):
            first, *rest = [cell["version"] for cell in alike]
            rows.append((parser, f"{first} – {rest[-1]}" if rest else first, *said))
    return rows


def _said(cell: JsonObject) -> tuple[str, str, str]:
    """Return (right, of, defects) of a cell."""
    if cell["state"] != "done":
        return "–", "–", cell["reason"] or "no such parser"
    return percent(cell["rate"]), _of(cell), _defects(cell) or "none"


def _of(cell: JsonObject) -> str:
    return f"{cell['judged']}{' (given up)' if cell['given_up'] else ''}"


def _defects(cell: JsonObject, most: int = _MOST_DEFECTS) -> str:
    return ", ".join(f"{slug} {count}" for slug, count in list(cell["defects"].items())[:most])


def sweep_markdown(result: JsonObject) -> str:
    """Return the tables as Markdown: what is right where, and then each cell in a row."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: JsonObject) -> Iterator[str]:
    cuts = ", ".join(result["cuts"])
    yield (
        f"{sentence(result['engine'])}: {result['cases']} cases, seed {result['seed']}, each plain "
        f"and streamed{f' ({sentence(cuts)})' if cuts else ''}; {sentence(result['date'])}."
    )
    parsers = _parsers(result)
    for start in range(0, len(parsers), _MOST_COLUMNS):
        yield ""
        yield from _matrix(result, parsers[start : start + _MOST_COLUMNS])
    yield ""
    header = (
        "parser",
        "release",
        "right",
        "95 % interval",
        "of",
        "skipped",
        "most frequent defects",
    )
    yield from table(header, [_row(cell) for cell in result["cells"] if cell["state"] == "done"])
    for cell in result["cells"]:
        if cell["state"] == "not tried":
            name = " ".join(filter(None, (cell["version"], cell["parser"])))
            yield f"\n{code(name)} was not tried: {sentence(cell['reason'])}"


def _matrix(result: JsonObject, parsers: Sequence[str]) -> Iterator[str]:
    found = {(cell["version"], cell["parser"]): cell for cell in result["cells"]}
    versions = dict.fromkeys(cell["version"] for cell in result["cells"])
    rows = [
        (sentence(version), *(_short(found.get((version, parser))) for parser in parsers))
        for version in versions
    ]
    yield from table(("release", *map(code, parsers)), rows)


def _short(cell: JsonObject | None) -> str:
    if cell is None or cell["state"] != "done":
        return "–"
    worst = next(iter(cell["defects"]), None)
    return (
        f"{percent(cell['rate'])} {code(worst, in_table=True)}" if worst else percent(cell["rate"])
    )


def _row(cell: JsonObject) -> tuple[str, ...]:
    worst = list(cell["defects"].items())[:_MOST_DEFECTS]
    return (
        code(cell["parser"], in_table=True),
        sentence(cell["version"]),
        percent(cell["rate"]),
        f"{percent(cell['low'])} – {percent(cell['high'])}",
        _of(cell),
        str(cell["skipped"]),
        ", ".join(f"{code(slug, in_table=True)} {count}" for slug, count in worst) or "none",
    )


def _parsers(result: JsonObject) -> list[str]:
    return list(dict.fromkeys(cell["parser"] for cell in result["cells"] if cell["parser"]))
