"""The folder of a run, and the figures beside its journal."""

import re
import time
from collections.abc import Sequence
from pathlib import Path

from toolfuzz.analyze.compare import conclude
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.recordings import Recordings
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import EndpointError, UsageError
from toolfuzz.core.events import RunFinished
from toolfuzz.runs.derived import write_json
from toolfuzz.runs.journal import JOURNAL_NAME

__all__ = ["SUMMARY_NAME", "check_measured", "default_folder", "write_summary"]

SUMMARY_NAME = "summary.json"


def default_folder(models: Sequence[str]) -> Path:
    """Return ``reports/<time>-<models>``, a folder that doesn't exist yet."""
    names = "+".join(re.sub(r"[^A-Za-z0-9._-]+", "-", m) for m in models)[:60].strip("-.")
    base = Path("reports") / f"{time.strftime('%Y%m%d-%H%M%S')}-{names}"
    folder, n = base, 2
    while folder.exists():
        folder, n = base.with_name(f"{base.name}-{n}"), n + 1
    return folder


def write_summary(folder: Path, run: RunData, recordings: Recordings | None = None) -> JsonObject:
    """Summarise a run into ``summary.json`` beside its journal and return it.

    ``recordings`` are replayed through the official SDKs: ``clients``, by target.
    """
    summary = {**summarize(run), "folder": str(folder)}
    summary["conclusion"] = conclude(run, summary)
    summary["clients"] = recordings.clients(run) if recordings else {}
    write_json(folder / SUMMARY_NAME, summary)
    return summary


def check_measured(summary: JsonObject, finished: RunFinished, folder: Path) -> None:
    """Raise EndpointError when a run that was not interrupted has nothing to show.

    UsageError where that is since it may spend too little (``budget``).
    """
    targets = summary["targets"]
    if finished.reason == "interrupted" or any(t["judged"] for t in targets):
        return
    if "budget" in summary:
        raise UsageError(
            f"nothing could be judged within {summary['budget']}", "a question takes more: allow it"
        )
    reasons = {r: n for t in targets for r, n in t["unjudged_reasons"].items()}
    worst = max(reasons, key=lambda r: reasons[r], default="no question was asked")
    raise EndpointError(
        f"nothing could be judged: {worst}", f"the answers are kept in {folder}/{JOURNAL_NAME}"
    )
