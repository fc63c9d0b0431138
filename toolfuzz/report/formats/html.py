"""One HTML page with everything in it, to be looked at in a browser and sent around."""

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.report.html import render_run, render_trial

__all__ = ["FILE", "render"]

FILE = "report.html"


def render(run: RunData, summary: JsonObject) -> str:
    """Return the page; failures can be looked into when the run has kept its exchanges."""
    return render_trial(summary) if "trial" in summary else render_run(run, summary)
