"""What a person sees at the end of a run: one table, then the surest defects by example."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolfuzz.analyze.ranking import least
from toolfuzz.core.case import JsonObject
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.text import printable
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.harm import harm_rank
from toolfuzz.report.conclusion import TONES, conclusion_view, path_of
from toolfuzz.report.console import MEDIUM, WIDE, show
from toolfuzz.report.dimensions import dimension_tables, unit
from toolfuzz.report.naming import readable
from toolfuzz.report.next_steps import next_view
from toolfuzz.report.notes import notes
from toolfuzz.report.sides import sides_table
from toolfuzz.report.tools import tool_tables
from toolfuzz.report.words import (
    count,
    in_turn,
    unreal,
    usual_cause,
    wanted,
)

__all__ = [
    "defect_view",
    "headline",
    "legend",
    "print_summary",
    "summary_view",
    "target_table",
]

BAR_WIDTH = 10
EXAMPLES_SHOWN = 3
# What the other columns take, without and with those of a wide table.
_REST_MEDIUM, _REST_WIDE, _SHORTEST_DEFECT = 43, 67, 16


def print_summary(summary: JsonObject, *, own: bool = False) -> None:
    """Print a run's result on stdout; plain lines when it isn't a terminal.

    ``own``: the user has just asked for it, so that what its folder names may be used again.
    """
    show(lambda width: summary_view(summary, width=width, own=own))


def summary_view(summary: JsonObject, *, width: int, own: bool = False) -> RenderableType:
    """Return the result as rich renderables, so that it can be printed or exported."""
    told = readable(summary)
    parts: list[RenderableType] = conclusion_view(told, width=width)
    parts += [headline(told), Text()]
    parts += [target_table(told, width=width)]
    parts += [legend(told["targets"], width=width)]
    if apart := sides_table(told["targets"]):
        parts += [Text(), apart]
    parts += tool_tables(told["targets"])
    parts += [*dimension_tables(told["targets"], width=width), *notes(told)]
    for target, slug, entry in _surest(told["targets"]):
        parts += [Text(), defect_view(target, slug, entry)]
    parts += [Text(), next_view(summary, own=own)]
    return Group(*parts)


def headline(summary: JsonObject, *more: str) -> Text:
    """Return the first line: what ran, on what, and whether it was real."""
    targets = summary["targets"]
    words = [
        f"toolfuzz {summary['toolfuzz_version']}",
        *more,
        count(len(targets), "target"),
        count(summary["cases"], "case"),
        f"seed {summary['seed']}",
    ]
    line = Text(printable(" · ".join(words)), style="bold")
    if said := unreal(targets):
        line.append(f" · {said}", style="bold magenta")
    if gone := [target["target"] for target in targets if target["given_up"]]:
        line.append(f" · given up: {', '.join(map(printable, gone))}", style="bold red")
    if summary["finish_reason"] == "decided":
        line.append(" · stopped early: the rate is no fair estimate", style="bold yellow")
    elif summary["finish_reason"] != "done":
        ended = printable(summary["finish_reason"])
        line.append(f" · {ended}: figures so far", style="bold yellow")
    return line


def target_table(summary: JsonObject, *, width: int) -> Table:
    """Return one row a target; a narrow one leaves out the bar and what is said below anyway.

    The colours are those of the conclusion: a rate that rests on few calls is not green.
    """
    targets = summary["targets"]
    tones = summary.get("conclusion", {}).get("tones", {})
    names = [printable(target["target"]) for target in targets]
    name_width = min(max(map(len, ["target", *names])), max(width // 3, 16))
    bar = width >= MEDIUM
    # Only columns that may wrap are shrunk by rich, so these two are.
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("target", max_width=name_width, overflow="fold")
    table.add_column(f"{unit(targets)}s", justify="right", no_wrap=True)
    table.add_column("success", justify="right", no_wrap=True)
    table.add_column("95% interval", no_wrap=True)
    if width >= WIDE:
        table.add_column("schema acc.", justify="right", no_wrap=True)
        table.add_column("p50", justify="right", no_wrap=True)
    rest = _REST_WIDE if width >= WIDE else _REST_MEDIUM
    with_defect = width - name_width - rest >= _SHORTEST_DEFECT
    if with_defect:
        table.add_column("top defect")
    for name, target in zip(names, targets, strict=True):
        cells: list[RenderableType] = [
            Text(name),
            str(target["judged"]),
            _success(target["rate"], tones.get(target["target"], "unsure"), bar=bar),
            _interval(target),
        ]
        if width >= WIDE:
            cells += [_percent(target["schema_accuracy"]), _milliseconds(target["latency_ms"])]
        if with_defect:
            cells.append(_cut(_top_defect(target)))
        table.add_row(*cells)
    return table


def legend(targets: Sequence[JsonObject], *, width: int) -> Text:
    """Return what the columns mean, on one line."""
    calls = unit(targets) == "call"
    right = "right in name, arguments and wire format" if calls else "scenarios with a right end"
    said = [f"success: {right}"]
    said += ["interval: where the true rate lies"] if width >= MEDIUM else []
    said += ["schema acc.: valid calls"] if width >= WIDE else []
    return Text(" · ".join(said), style="dim")


def _cut(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ellipsis")


def _success(rate: float | None, tone: str, *, bar: bool) -> Text:
    if rate is None:
        return Text("not judged", style="yellow")
    style = TONES[tone]
    if not bar:
        return Text(_percent(rate), style=style)
    filled = round(rate * BAR_WIDTH)
    # A bar that is full, or empty, means all or nothing.
    filled = min(filled, BAR_WIDTH - 1) if rate < 1 else filled
    text = Text("█" * filled, style=style)
    text.append("░" * (BAR_WIDTH - filled), style="dim")
    text.append(f" {_percent(rate):>6}")
    return text


def _interval(target: JsonObject) -> str:
    if target["rate"] is None:
        return "–"
    return f"{100 * target['low']:5.1f} – {100 * target['high']:.1f}"


def _top_defect(target: JsonObject) -> str:
    if not target["defects"]:
        return "–"
    slug, entry = next(iter(target["defects"].items()))
    return f"{printable(slug)} ({entry['replies']})"


def _surest(targets: Sequence[JsonObject]) -> list[tuple[JsonObject, str, JsonObject]]:
    """Return the defects to show: the surest first; of parsers the most harmful."""
    found = [(t, slug, entry) for t in targets for slug, entry in t["defects"].items()]
    found.sort(key=lambda item: (_harm(item[0], item[1]), -least(item[2])))
    first: dict[str, tuple[JsonObject, str, JsonObject]] = {}
    for item in found:
        first.setdefault(item[1], item)
    return list(first.values())[:EXAMPLES_SHOWN]


def _harm(target: JsonObject, slug: str) -> int:
    # What always fails is sure, however seldom a case meets it.
    return 0 if target["nature"]["over_http"] else harm_rank(slug)


def defect_view(target: JsonObject, slug: str, entry: JsonObject) -> RenderableType:
    """Return a defect's name, how often it came, and one example of it."""
    return Group(_defect_head(target, slug, entry), _defect_example(entry))


def _defect_head(target: JsonObject, slug: str, entry: JsonObject) -> Text:
    head = Text(printable(slug), style="bold red")
    judged = count(target["judged"], unit([target]))
    words = f" · {entry['replies']} of {judged} on {printable(target['target'])}"
    # A journal of another version may know other defects.
    known = defects().get(slug)
    if known and (usual := usual_cause(known.usual, [target])):
        words += f" · usually {usual}"
    head.append(words, style="not bold default")
    return head


def _defect_example(entry: JsonObject) -> RenderableType:
    example = entry["example"]
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    place = path_of(example["pointer"])
    name = place.removeprefix("$.") if place != "$" else ""
    lead = f"{name} = " if name else ""
    if example["expected"] is not None or example["actual"] is not None:
        right, came = wanted(example)
        if right is not None:
            asked = _cut(f"{lead}{right}")
            asked.stylize("green")
            grid.add_row("asked", asked)
        if example["actual"] is None:
            # Null, or nothing: the message says which.
            got = Text(printable(example["message"]), style="red")
        else:
            got = _cut(f"{lead}{came}")
            got.stylize("red")
            got.append(f"   {a_kind(example['actual'])}", style="dim")
        grid.add_row("got", got)
    else:
        grid.add_row("got", Text(printable(example["message"])))
    where = (
        in_turn(example["turn"])
        + place
        + (f"   (schema: {printable(example['shape'])})" if example["shape"] else "")
    )
    grid.add_row("where", Text(where))
    return Padding(grid, (0, 0, 0, 2))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}%"


def _milliseconds(latency: JsonObject) -> str:
    return f"{latency['p50']:.0f} ms" if latency else "–"
