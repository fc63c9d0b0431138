"""What reports begin with: the sentence that decides, in the colour of its outcome, and an example.

``analyze.conclusion`` makes the sentence; it says all by itself where there are no colours.
"""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from toolfuzz.core.case import JsonObject
from toolfuzz.core.jsonvalue import a_kind, tokens_of
from toolfuzz.core.markdown import code, sentence
from toolfuzz.core.text import printable
from toolfuzz.report.words import in_turn, wanted

__all__ = ["TONES", "conclusion_lines", "conclusion_view", "example_words", "path_of"]

TONES = {"good": "green", "bad": "red", "unsure": "yellow"}
"""The colours of the terminal."""
_SIGNS = {"good": "🟢", "bad": "🔴", "unsure": "🟡"}
_LINE = 100
"""A sentence is read more easily when its lines are no longer than this."""
_HALF = 40
"""Characters of what came, and of what should have come, so that both stand on a line."""


def conclusion_view(
    summary: JsonObject, *, width: int, outcome: Text | None = None
) -> list[RenderableType]:
    """Return the lines that come first, then an empty one; none of a summary without them.

    ``outcome`` is the one word of a check, in front of the sentence.
    """
    concluded = summary.get("conclusion")
    if concluded is None:
        return [outcome, Text()] if outcome else []
    said = Text(printable(concluded["sentence"]), style=f"bold {TONES[concluded['tone']]}")
    if outcome:
        said = Text.assemble(outcome, "  ", said)
    parts: list[RenderableType] = [Padding(said, (0, max(width - _LINE, 0), 0, 0))]
    if cause := concluded["cause"]:
        means = printable(f"{cause['slug']}: {cause['title']}" if cause["title"] else cause["slug"])
        parts += [_line(means), _line(f"for example {example_words(cause)}")]
    return [*parts, Text()]


def conclusion_lines(summary: JsonObject) -> Iterator[str]:
    """Return the same as lines of Markdown."""
    if (concluded := summary.get("conclusion")) is None:
        return
    yield f"{_SIGNS[concluded['tone']]} **{sentence(concluded['sentence'])}**\n"
    if cause := concluded["cause"]:
        means = f": {sentence(cause['title'])}" if cause["title"] else ""
        yield f"{code(cause['slug'])}{means}. For example {code(example_words(cause))}\n"


def _line(text: str) -> Text:
    return Text(text, style="dim", no_wrap=True, overflow="ellipsis")


def example_words(cause: JsonObject) -> str:
    """Return the example of a conclusion's cause in a line, safe to print."""
    example = cause["example"]
    place = path_of(example["pointer"]).removeprefix("$.")
    turn = in_turn(example["turn"])
    right, came = wanted(example, _HALF)
    if example["actual"] is None:
        # Null, or nothing: the message says which.
        asked = f" (asked: {right})" if example["expected"] is not None else ""
        return f"{turn}{place}: {printable(example['message'])}{asked}"
    lead = f"{turn}{place} = " if place != "$" else turn
    instead = f" instead of {right}" if right is not None else ""
    return f"{lead}{came} ({a_kind(example['actual'])}){instead}"


def path_of(pointer: str) -> str:
    """Return a JSON pointer as ``$.config.hosts[0]``, safe to print."""
    path = "$"
    for token in map(printable, tokens_of(pointer)):
        path += f"[{token}]" if token.isdigit() else f".{token}"
    return path
