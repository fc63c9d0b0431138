"""A comparison as text for a file: Markdown, CSV or JSON. What came from outside is inert."""

import csv
import io
import json
from collections.abc import Iterator

from toolfuzz.analyze.ranking import FEW
from toolfuzz.core.case import JsonObject
from toolfuzz.core.markdown import code, table
from toolfuzz.core.text import printable
from toolfuzz.report.comparison import (
    FEW_WORDS,
    comparison_view,
    difference_words,
    matrix,
    money,
)
from toolfuzz.report.conclusion import conclusion_lines
from toolfuzz.report.console import plain
from toolfuzz.report.dimensions import compared
from toolfuzz.report.formats.csv import cell
from toolfuzz.report.naming import readable
from toolfuzz.report.words import given_up, milliseconds, named, percent

__all__ = ["render"]

_MATRICES = (("Dimensions", "dimensions"), ("Tools", "tools"),
             ("Defects, share of replies", "defects"), ("Probes", "probes"),
             ("Features on which they differ", "features"))  # fmt: skip
_HEADER = (
    "group", "target", "judged", "success", "95% interval", "schema accuracy",
    "p50", "p95", "tokens in", "tokens out", "cost per success", "unjudged",
)  # fmt: skip


def render(result: JsonObject, form: str) -> str:
    """Return the comparison as ``table``, ``md``, ``csv`` or ``json``."""
    match form:
        case "table":
            return plain(lambda width: comparison_view(result, width=width))
        case "md":
            return "\n".join(_markdown(readable(result))) + "\n"
        case "csv":
            return _csv(result)
        case "json":
            return json.dumps(result, indent=2) + "\n"
    raise ValueError(f"unknown format {form!r}")


def _cells(row: JsonObject) -> list[str]:
    """One line of the leaderboard, in the order of ``_HEADER``; the target is made safe later."""
    interval = "–" if row["rate"] is None else f"{row['low']:.1%} – {row['high']:.1%}"
    tokens = ["unknown" if count is None else f"{count:,}" for count in row["tokens"].values()]
    return [
        "".join(row["groups"]) or "–",
        named(row, row["label"]),
        str(row["judged"]),
        percent(row["rate"]),
        interval,
        percent(row["schema_accuracy"]),
        milliseconds(row["latency_ms"], "p50"),
        milliseconds(row["latency_ms"], "p95"),
        *tokens,
        money(row["cost_per_success"]),
        str(row["unjudged"]),
    ]


def _markdown(result: JsonObject) -> Iterator[str]:
    yield "## Tool calls, models side by side\n"
    yield from conclusion_lines(result)
    lines = [_cells(row) for row in result["rows"]]
    yield from table(_HEADER, [[c[0], code(c[1], in_table=True), *c[2:]] for c in lines])
    for row in result["rows"]:
        if given_up(row):
            yield f"\n{code(row['label'])}: **{code(given_up(row))}**"
    yield f"\n{_REMARK}"
    yield from (f"\nLeft out, stopped early: {code(name)}" for name in result.get("left_out", ()))
    if result["differences"]:
        yield "\n### Differences, in points of success\n"
        yield from (f"- {code(difference_words(d))}" for d in result["differences"])
    if result["dimension_differences"]:
        yield "\n### Differences by dimension, in points of success\n"
        yield from (f"- {code(compared(d))}" for d in result["dimension_differences"])
    for title, key in _MATRICES:
        labels, rows = matrix(result, key)
        if rows:
            yield f"\n### {title}\n"
            yield from table(
                ("", *(code(label, in_table=True) for label in labels)),
                [
                    [code(name, in_table=True), *(s.words if s else "–" for s in shares)]
                    for name, shares in rows
                ],
            )
            if any(s and s.calls < FEW for _, shares in rows for s in shares):
                yield f"\n{FEW_WORDS}"


_REMARK = "Rows with a group letter in common can't be told apart by these runs."


def _csv(result: JsonObject) -> str:
    """One line a target; rates and times as plain numbers, unknown values empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    names = ("label", "run", "model", "format", "kind", "simulated", "rate", "low", "high")
    counts = ("judged", "passed", "unjudged", "clusters", "schema_accuracy", "check_success")
    rest = ("calls", "retries", "cost_per_success")
    dimensions = sorted({name for row in result["rows"] for name in row["dimensions"]})
    writer.writerow(
        (
            "groups",
            "nature",
            *names,
            *counts,
            *("given_up", "p50_ms", "p95_ms", "input_tokens", "output_tokens"),
            *rest,
            *(f"{name}_success" for name in dimensions),
        )
    )
    for row in result["rows"]:
        values = [
            "".join(row["groups"]),
            row["nature"]["label"] or "real",
            *(row[name] for name in (*names, *counts)),
            row["given_up"] is not None,
            *(row["latency_ms"].get(p) for p in ("p50", "p95")),
            *row["tokens"].values(),
            *(row[name] for name in rest),
            *(row["dimensions"].get(name, {}).get("rate") for name in dimensions),
        ]
        writer.writerow(cell(printable(v) if isinstance(v, str) else v) for v in values)
    return text.getvalue()
