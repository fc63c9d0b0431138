"""A run, or several compared, as one HTML page that needs nothing beside itself."""

from toolfuzz.report.html.page import render_comparison, render_run
from toolfuzz.report.html.relay import render_trial

__all__ = ["render_comparison", "render_run", "render_trial"]
