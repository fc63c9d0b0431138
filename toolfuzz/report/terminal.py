"""What a person sees at the end of a run: one table, then the commonest defects by example."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolfuzz.core.case import JsonObject
from toolfuzz.judge.catalogue import Defect, defects
from toolfuzz.report.text import brief, printable

__all__ = ["print_defect", "print_rows", "print_summary", "summary_view"]

BAR_WIDTH = 10
EXAMPLES_SHOWN = 3


def print_summary(summary: JsonObject) -> None:
    """Print a run's result on stdout; plain lines when it isn't a terminal."""
    console = _console()
    console.print(summary_view(summary, width=console.width))


def print_rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a list of things as columns."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for n, name in enumerate(header):
        table.add_column(name, no_wrap=n == 0, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    _console().print(table)


def print_defect(defect: Defect) -> None:
    """Print one entry of the catalogue."""
    console = _console()
    console.print(Text(defect.slug, style="bold"), Text(f"— {defect.title}"))
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in (
        ("severity", defect.severity),
        ("found in", f"the {defect.layer} layer (group {defect.group})"),
        ("usually", defect.usual),
        ("example", defect.example),
        ("what to do", defect.help),
        ("can't tell", defect.indistinguishable),
        ("reports", " ".join(defect.sources) or "none known in public; inferred"),
    ):
        if value:
            facts.add_row(name, Text(printable(value)))
    console.print(Padding(facts, (0, 2)))


def summary_view(summary: JsonObject, *, width: int) -> RenderableType:
    """Return the result as rich renderables, so that it can be printed or exported."""
    parts: list[RenderableType] = [_headline(summary), Text()]
    parts.append(_table(summary["targets"], wide=width >= 96))
    notes = [note for target in summary["targets"] for note in _notes(target)]
    notes += [
        f"skipped {s['tool']}{s['pointer']}: {s['reason']}" for s in summary.get("skipped", ())
    ][:5]
    if notes:
        parts += [Text(), *(Text(printable(n), style="dim") for n in notes)]
    for target, slug, entry in _commonest(summary["targets"]):
        parts += [Text(), _defect_head(target, slug, entry), _defect_example(entry)]
    parts += [Text(), _next_steps(summary)]
    return Group(*parts)


def _console() -> Console:
    # Rich asks for NO_COLOR itself; piped output must not be folded at 80 columns.
    console = Console(highlight=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, emoji=False, width=140)


def _headline(summary: JsonObject) -> Text:
    targets = summary["targets"]
    kinds = {t["kind"] for t in targets}
    words = [
        f"toolfuzz {summary['toolfuzz_version']}",
        _count(len(targets), "target"),
        _count(summary["cases"], "case"),
        f"seed {summary['seed']}",
    ]
    line = Text(" · ".join(words), style="bold")
    if "simulated" in kinds:
        line.append(" · simulated endpoints" if kinds == {"simulated"} else " · some simulated",
                    style="bold magenta")  # fmt: skip
    if summary["finish_reason"] != "done":
        line.append(f" · {summary['finish_reason']}: figures so far", style="bold yellow")
    return line


def _table(targets: Sequence[JsonObject], *, wide: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("target", no_wrap=True, overflow="ellipsis", max_width=40)
    table.add_column("calls", justify="right")
    table.add_column("success", justify="right", no_wrap=True)
    table.add_column("95% interval", no_wrap=True)
    if wide:
        table.add_column("schema acc.", justify="right")
        table.add_column("p50", justify="right", no_wrap=True)
    table.add_column("top defect", overflow="fold")
    for target in targets:
        cells: list[RenderableType] = [
            Text(printable(target["target"])),
            str(target["judged"]),
            _bar(target["rate"]),
            _interval(target),
        ]
        if wide:
            cells += [_percent(target["schema_accuracy"]), _milliseconds(target["latency_ms"])]
        table.add_row(*cells, _top_defect(target))
    return table


def _bar(rate: float | None) -> Text:
    if rate is None:
        return Text("not judged", style="yellow")
    filled = round(rate * BAR_WIDTH)
    # A bar that is full, or empty, means all or nothing.
    filled = min(filled, BAR_WIDTH - 1) if rate < 1 else filled
    style = "green" if rate >= 0.99 else "yellow" if rate >= 0.9 else "red"
    bar = Text("█" * filled, style=style)
    bar.append("░" * (BAR_WIDTH - filled), style="dim")
    bar.append(f" {_percent(rate):>6}")
    return bar


def _interval(target: JsonObject) -> str:
    if target["rate"] is None:
        return "–"
    return f"{100 * target['low']:5.1f} – {100 * target['high']:.1f}"


def _top_defect(target: JsonObject) -> Text:
    if not target["defects"]:
        return Text("–")
    slug, entry = next(iter(target["defects"].items()))
    return Text(f"{slug} ({entry['cases']})")


def _notes(target: JsonObject) -> list[str]:
    notes = []
    if target["unjudged"]:
        reason, count = next(iter(target["unjudged_reasons"].items()))
        notes.append(
            f"{target['target']}: {target['unjudged']} unjudged, not counted as failures "
            f"({count}× {reason})"
        )
    if target["retries"]:
        notes.append(f"{target['target']}: {_count(target['retries'], 'retry', 'retries')}")
    if target["kind"] == "engine":
        from toolfuzz.engines.trial import describe

        notes.append(f"{target['target']}: {describe(target['model'])}")
    return notes


def _commonest(targets: Sequence[JsonObject]) -> list[tuple[JsonObject, str, JsonObject]]:
    found = [(t, slug, entry) for t in targets for slug, entry in t["defects"].items()]
    found.sort(key=lambda item: -item[2]["cases"])
    seen: set[str] = set()
    first = [item for item in found if not (item[1] in seen or seen.add(item[1]))]
    return first[:EXAMPLES_SHOWN]


def _defect_head(target: JsonObject, slug: str, entry: JsonObject) -> Text:
    head = Text(slug, style="bold red")
    head.append(
        f" · {entry['cases']} of {target['judged']} calls on {printable(target['target'])}"
        f" · usually {defects()[slug].usual}",
        style="not bold default",
    )
    return head


def _defect_example(entry: JsonObject) -> RenderableType:
    example = entry["example"]
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(no_wrap=True, overflow="ellipsis")
    place = _json_path(example["pointer"])
    name = place.removeprefix("$.") if place != "$" else ""
    lead = f"{name} = " if name else ""
    if example["expected"] is not None or example["actual"] is not None:
        grid.add_row("asked", Text(f"{lead}{brief(example['expected'])}", style="green"))
        got = Text(f"{lead}{brief(example['actual'])}", style="red")
        got.append(f"   {_kind(example['actual'])}", style="dim")
        grid.add_row("got", got)
    else:
        grid.add_row("got", Text(printable(example["message"])))
    where = place + (f"   (schema: {printable(example['shape'])})" if example["shape"] else "")
    grid.add_row("where", Text(where))
    return Padding(grid, (0, 0, 0, 2))


def _next_steps(summary: JsonObject) -> Text:
    steps = []
    for target in summary["targets"]:
        if target["defects"]:
            steps.append(f"toolfuzz explain {next(iter(target['defects']))}")
            break
    steps.append(f"toolfuzz report {summary.get('folder', 'RUN')}")
    text = Text("next: ", style="dim")
    text.append(printable(" · ".join(steps)), style="not dim")
    return text


def _json_path(pointer: str) -> str:
    path = "$"
    for token in pointer.split("/")[1:]:
        token = printable(token.replace("~1", "/").replace("~0", "~"))
        path += f"[{token}]" if token.isdigit() else f".{token}"
    return path


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "an array"
        case _:
            return "an object"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}%"


def _milliseconds(latency: JsonObject) -> str:
    return f"{latency['p50']:.0f} ms" if latency else "–"


def _count(n: int, one: str, many: str | None = None) -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"
