"""GitHub Actions: Markdown for the job's summary page, and at most ten annotations.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.report.formats._words import count, kind, percent
from toolfuzz.report.formats.markdown import render
from toolfuzz.report.text import brief, printable

__all__ = ["FILE", "announce", "render"]

FILE = "github.md"
# GitHub shows no more than ten error annotations of one step.
_MOST = 10


def announce(run: RunData, summary: JsonObject) -> str:
    """Return ``::error`` lines for the most frequent defects, the commonest first."""
    found = [
        (target, slug, entry)
        for target in summary["targets"]
        for slug, entry in target["defects"].items()
    ]
    found.sort(key=lambda item: (-item[2]["replies"], item[0]["target"], item[1]))
    return "".join(_annotation(*item) + "\n" for item in found[:_MOST])


def _annotation(target: JsonObject, slug: str, entry: JsonObject) -> str:
    label = kind(target)
    name = target["target"] + (f" ({label})" if label else "")
    example = entry["example"]
    title = f"{slug} on {name}"
    message = (
        f"{count(entry['cases'], 'case')}, {percent(entry['rate'])} of judged replies. For "
        f"example case {entry['example_case']} at {example['pointer'] or '/'}: expected "
        f"{brief(example['expected'])}, got {brief(example['actual'])}"
    )
    return f"::error title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    """Escape a command's message; ``printable`` has spelled out line ends already."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
