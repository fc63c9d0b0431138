"""What a person sees at the end of a check: the decision, why, and what it rests on."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import printable, shell_command
from toolfuzz.report.console import show
from toolfuzz.report.dimensions import dimension_tables
from toolfuzz.report.notes import notes
from toolfuzz.report.terminal import defect_view, headline, target_table
from toolfuzz.report.tools import tool_tables
from toolfuzz.report.words import answers

__all__ = ["check_view", "print_check"]

_STYLES = {"PASS": "green", "ACCEPT": "green", "FAIL": "red", "REJECT": "red"}
_EXAMPLES_SHOWN = 2


def print_check(summary: JsonObject) -> None:
    """Print a check's result on stdout; ``summary["check"]`` holds the decision."""
    show(lambda width: check_view(summary, width=width))


def check_view(summary: JsonObject, *, width: int) -> RenderableType:
    """Return the result as rich renderables."""
    check = summary["check"]
    parts: list[RenderableType] = [headline(summary, "check"), Text(), _outcome(check)]
    for said in answers(check):
        # A paragraph is read more easily when its lines are short.
        parts.append(Padding(Text(printable(said)), (0, max(width - 90, 0), 0, 2)))
    parts += [Text(), target_table(summary["targets"], width=width)]
    parts += tool_tables(summary["targets"])
    parts += [*dimension_tables(summary["targets"], width=width), *notes(summary)]
    parts += [Text(), Text(_spent(check), style="dim")]
    parts += [Text(line, style="yellow") for line in _warnings(check)]
    candidate = summary["targets"][0]
    shown = [s for s in check.get("suspects", ()) if s in candidate["defects"]]
    shown = shown or list(candidate["defects"])
    for slug in shown[:_EXAMPLES_SHOWN]:
        parts += [Text(), defect_view(candidate, slug, candidate["defects"][slug])]
    return Group(*parts, Text(), _next(check, candidate))


def _outcome(check: JsonObject) -> Text:
    outcome = check["outcome"] or "NO DECISION"
    text = Text(printable(outcome), style=f"bold reverse {_STYLES.get(outcome, 'yellow')}")
    text.append("  ", style="not reverse")
    text.append(printable(_claim(check)), style="not reverse default")
    return text


def _claim(check: JsonObject) -> str:
    candidate = check["candidate"]
    match check["outcome"]:
        case "PASS":
            return f"{candidate} may replace {check['baseline']}"
        case "FAIL" if (check.get("rate") or {}).get("answer", "yes") != "yes":
            return f"{candidate} has a defect that {check['baseline']} has not, or hardly"
        case "FAIL":
            return f"{candidate} is worse than {check['baseline']}"
        case "ACCEPT" | "REJECT":
            return str(candidate)
    return f"{candidate} against {check['baseline']}" if "baseline" in check else str(candidate)


def _spent(check: JsonObject) -> str:
    first, again = check["spent"]["first"], check["spent"]["again"]
    told = f"{first + again} calls were made"
    return f"{told}, {again} of them to ask changed cases again" if again else told


def _warnings(check: JsonObject) -> list[str]:
    lines = [f"the baseline is doubtful: {printable(doubt)}" for doubt in check.get("doubts", ())]
    if check.get("unreachable"):
        lines.append(f"the baseline can't be asked again: {printable(check['unreachable'])}")
    return lines


def _next(check: JsonObject, candidate: JsonObject) -> Text:
    steps = []
    if check["outcome"] is None:
        again = shell_command("--out", check["folder"], "--resume")
        steps.append(f"the same command with {again} goes on")
    elif candidate["defects"]:
        minimize = "toolfuzz", "minimize", check["folder"], "-m", candidate["target"]
        steps.append(shell_command(*minimize))
    steps.append(shell_command("toolfuzz", "report", check["folder"]))
    text = Text("next: ", style="dim")
    text.append(printable(" · ".join(steps)), style="not dim")
    return text
