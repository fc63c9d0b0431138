"""GitHub Actions: Markdown for the job's summary page, and at most ten annotations.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.ranking import least
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import brief, printable
from toolfuzz.report.formats.markdown import render
from toolfuzz.report.gates import Gate, gate_failed, gates_of
from toolfuzz.report.naming import readable
from toolfuzz.report.relay.words import grave
from toolfuzz.report.words import count, given_up, in_turn, named, percent, unread, wanted

__all__ = ["FILE", "announce", "render"]

FILE = "github.md"
# GitHub shows no more than ten error annotations of one step.
_MOST = 10


def announce(run: RunData, summary: JsonObject) -> str:
    """Return the gates' results, then the defects that there is most evidence of, each a line.

    A line is an ``::error`` only where a gate failed: annotations agree with the exit code. Of a
    check, only the candidate's defects are news.
    """
    if "trial" in summary:
        lines = [_cause(cause) for cause in grave(summary["trial"])]
        return "".join(f"{line}\n" for line in lines[:_MOST])
    summary = readable(summary)
    check = summary.get("check")
    lines = [_decided(gate) for gate in gates_of(summary)]
    if said := unread(summary):
        lines.append(f"::warning title=toolfuzz::{_data(said)}")
    lines += [
        f"::warning title={_property(named(target, target['target']))}::{_data(given_up(target))}"
        for target in summary["targets"]
        if given_up(target)
    ]
    found = [
        (target, slug, entry)
        for target in summary["targets"]
        for slug, entry in target["defects"].items()
        if check is None or target["target"] == check["candidate"]
    ]
    found.sort(key=lambda item: (-least(item[2]), item[0]["target"], item[1]))
    lines += [_annotation(*item, failed=gate_failed(summary, item[0]["target"])) for item in found]
    return "".join(f"{line}\n" for line in lines[:_MOST])


_LEVELS = {"passed": "notice", "failed": "error", "open": "warning", "left": "notice"}


def _decided(gate: Gate) -> str:
    title = f"{gate.target}, {gate.name}"
    return f"::{_LEVELS[gate.result]} title={_property(title)}::{_data(gate.words)}"


def _annotation(target: JsonObject, slug: str, entry: JsonObject, *, failed: bool) -> str:
    example = entry["example"]
    title = f"{slug} on {named(target, target['target'])}"
    right, came = wanted(example)
    message = (
        f"{count(entry['cases'], 'case')}, {percent(entry['rate'])} of judged replies. For "
        f"example case {entry['example_case']} at {in_turn(example['turn'])}"
        f"{example['pointer'] or '/'}: {f'expected {right}, ' if right else ''}"
        f"got {came}"
    )
    level = "error" if failed else "warning"
    return f"::{level} title={_property(title)}::{_data(message)}"


def _cause(cause: JsonObject) -> str:
    level = "error" if cause["accepted"] is None else "notice"
    message = f"{cause['title']}: given {brief(cause['given'])}, arrived {brief(cause['arrived'])}"
    return f"::{level} title={_property(cause['cause'])}::{_data(message)}"


def _data(text: str) -> str:
    """Escape a command's message; ``printable`` has spelled out line ends already."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
