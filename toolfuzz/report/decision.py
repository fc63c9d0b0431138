"""What a person sees at the end of a check: the decision, why, and what it rests on."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable
from toolfuzz.report.conclusion import conclusion_view
from toolfuzz.report.console import show
from toolfuzz.report.dimensions import dimension_tables
from toolfuzz.report.naming import readable
from toolfuzz.report.next_steps import next_view
from toolfuzz.report.notes import notes
from toolfuzz.report.terminal import defect_view, headline, legend, target_table
from toolfuzz.report.tools import tool_tables
from toolfuzz.report.words import answers

__all__ = ["check_view", "print_check"]

_STYLES = {"PASS": "green", "ACCEPT": "green", "FAIL": "red", "REJECT": "red"}
_EXAMPLES_SHOWN = 2


def print_check(summary: JsonObject, *, own: bool = False) -> None:
    """Print a check's result on stdout; ``summary["check"]`` holds the decision.

    ``own``: see ``print_summary``.
    """
    show(lambda width: check_view(summary, width=width, own=own))


def check_view(summary: JsonObject, *, width: int, own: bool = False) -> RenderableType:
    """Return the result as rich renderables."""
    told = readable(summary)
    check = told["check"]
    parts: list[RenderableType] = conclusion_view(told, width=width, outcome=_outcome(check))
    parts += [headline(told, "check")]
    for said in answers(check):
        # A paragraph is read more easily when its lines are short.
        parts.append(Padding(Text(printable(said)), (0, max(width - 90, 0), 0, 2)))
    parts += [Text(), target_table(told, width=width)]
    parts += [legend(told["targets"], width=width)]
    parts += tool_tables(told["targets"])
    parts += [*dimension_tables(told["targets"], width=width), *notes(told)]
    parts += [Text(), Text(_spent(check), style="dim")]
    parts += [Text(line, style="yellow") for line in _warnings(check)]
    candidate = told["targets"][0]
    shown = [s for s in check.get("suspects", ()) if s in candidate["defects"]]
    shown = shown or list(candidate["defects"])
    for slug in shown[:_EXAMPLES_SHOWN]:
        parts += [Text(), defect_view(candidate, slug, candidate["defects"][slug])]
    return Group(*parts, Text(), next_view(summary, own=own))


def _outcome(check: JsonObject) -> Text:
    outcome = check["outcome"] or "NO DECISION"
    return Text(printable(outcome), style=f"bold reverse {_STYLES.get(outcome, 'yellow')}")


def _spent(check: JsonObject) -> str:
    first, again = check["spent"]["first"], check["spent"]["again"]
    told = f"{first + again} calls were made"
    return f"{told}, {again} of them to ask changed cases again" if again else told


def _warnings(check: JsonObject) -> list[str]:
    lines = [f"the baseline is doubtful: {printable(doubt)}" for doubt in check.get("doubts", ())]
    if check.get("unreachable"):
        lines.append(f"the baseline can't be asked again: {printable(check['unreachable'])}")
    return lines
