"""One question on the terminal: what was asked, what came, and how to ask it again."""

import json
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.text import printable, shortly
from toolfuzz.judge.catalogue import defects
from toolfuzz.report.console import show

__all__ = ["print_question", "question_view"]

_MOST_LINES = 60
_STYLES = {"-": "green", "+": "red", "?": "bold red"}


def print_question(shown: JsonObject) -> None:
    """Print what ``evidence.showing`` gathered; the shell command as it is, to be copied."""
    show(lambda width: question_view(shown))
    if shown.get("curl"):
        print(f"\n{printable(shown['curl'], keep_newlines=True)}")


def question_view(shown: JsonObject) -> RenderableType:
    """Return a heading and a block for each part of a question."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in _rows(shown):
        grid.add_row(name, value)
    return Group(_heading(shown), Padding(grid, (0, 0, 0, 2)))


def _heading(shown: JsonObject) -> Text:
    words = [shown["case"]]
    if "target" in shown:
        mode = "streamed" if shown["stream"] else "not streamed"
        words += [shortly(shown["target"]), mode, f"turn {shown['turn']}"]
        words += [f"repeat {shown['repeat'] + 1}"] if shown["repeat"] else []
        words += [shown["verdict"]] + ([shown["reason"]] if shown["reason"] else [])
    else:
        words += [shown["origin"]]
    return Text(printable(" · ".join(words)), style="bold")


def _rows(shown: JsonObject) -> Iterator[tuple[str, RenderableType]]:
    for n, tool in enumerate(shown["tools"]):
        yield "tools" if n == 0 else "", _text(tool)
    for said in shown["said"]:
        yield said["who"], _text(said["text"])
        if said.get("result"):
            yield "result", _text(said["result"])
    if shown.get("native"):
        yield "model wrote", _text(shown["native"])
    yield from _answer(shown)
    for found in shown.get("findings", ()):
        yield "found", _found(found)
    if "bytes" in shown:
        broke = f", {shown['error']}" if shown["error"] else ""
        yield f"status {shown['status']}{printable(broke)}", _text(shown["bytes"])
        if shown["hexdump"]:
            yield "in hex", _text("\n".join(shown["hexdump"]))
        if tool := shown["rebuilt_from"]:
            yield "", _text(f"not the server's bytes: {tool} kept what it had understood")
    for sides in shown.get("upstream", ()):
        yield from _upstream(sides)
    for sentence in shown.get("clients", ()):
        yield "client", _text(sentence)
    if shown.get("start"):
        yield "first", _text(shown["start"])


def _answer(shown: JsonObject) -> Iterator[tuple[str, RenderableType]]:
    if shown.get("difference"):
        yield "- expected\n+ got", _marked(shown["difference"])
        return
    expected = shown["expected"]
    if shown["world"]:
        yield from _goal(shown["world"])
    elif expected is None:
        yield "expected", Text("not known: only the wire, the schemas and the history are judged")
    else:
        yield "expected", _calls(expected, "green", unknown="any arguments that its schema allows")
    if "got" in shown:
        yield "got", _calls(shown["got"], "red" if shown["verdict"] == "fail" else "")
        if shown["text"]:
            yield "text", _text(shown["text"])


def _goal(world: JsonObject) -> Iterator[tuple[str, RenderableType]]:
    """Say what a world wants: any calls are right that lead there."""
    for wanted in world["goal"]:
        yield "in the end", _text(wanted)
    for rule in world["rules"]:
        yield "always", _text(rule)
    for calls in world["calls"]:
        yield "one way", _text("; ".join(calls))


def _calls(calls: Sequence[JsonObject], style: str, *, unknown: str = "null") -> Text:
    if not calls:
        return Text("no call", style=style)
    told = (
        f"{call['name']} {unknown if (given := call['arguments']) is None else _value(given)}"
        for call in calls
    )
    return Text("\n".join(printable(line) for line in told), style=style)


def _value(value: Json) -> str:
    """Return arguments on a line, those that are no JSON as they came."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _marked(lines: Sequence[str]) -> Text:
    marked = (Text(printable(line), style=_STYLES.get(line[:1], "")) for line in lines)
    return Text("\n").join(marked)


def _found(found: JsonObject) -> Text:
    known = defects().get(found["slug"])
    text = Text(printable(found["slug"]), style="bold red" if found["severity"] == "error" else "")
    where = f" at {found['pointer']}" if found["pointer"] else ""
    shape = f" (schema: {found['shape']})" if found["shape"] else ""
    said = found["message"] or (known.title if known else "")
    text.append(printable(f"{where}{shape}: {said}"), style="not bold default")
    return text


def _upstream(sides: JsonObject) -> Iterator[tuple[str, RenderableType]]:
    if not sides["times"]:
        yield "upstream", Text("the gateway asked nobody")
        return
    times = f", asked {sides['times']} times" if sides["times"] > 1 else ""
    yield "upstream", Text(printable(f"{sides['format']}{times}, status {sides['status']}"))
    yield "was asked", _text(json.dumps(sides["asked"], ensure_ascii=False, indent=2))
    yield "answered", _text(sides["answered"])


def _text(text: str) -> Text:
    """Return text from outside, inert and not too long."""
    lines = printable(text.rstrip("\n"), keep_newlines=True).split("\n")
    left = len(lines) - _MOST_LINES
    shown = lines[:_MOST_LINES] + ([f"… {left} more lines"] if left > 0 else [])
    return Text("\n".join(shown))
