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
from toolfuzz.judge.clients import missing_clients
from toolfuzz.runs.decision import CHECK_NAME, read_decision
from toolfuzz.runs.derived import AnyObject, read_json, write_json
from toolfuzz.runs.journal import JOURNAL_NAME, find_journal

__all__ = ["SUMMARY_NAME", "check_measured", "default_folder", "summary_of", "write_summary"]

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

    ``recordings`` are replayed through the official SDKs: ``clients``, by target; those that are
    not installed here are ``clients_missing``.
    """
    summary = {**summarize(run), "folder": str(folder)}
    summary["conclusion"] = conclude(run, summary)
    summary["clients"] = recordings.clients(run) if recordings else {}
    if recordings and (missing := missing_clients({t.format for t in run.started.targets})):
        summary["clients_missing"] = missing
    write_json(folder / SUMMARY_NAME, summary)
    return summary


def summary_of(run: Path, data: RunData, *, going_on: bool = False) -> JsonObject:
    """Return the summary of a run that was read; with ``check`` when it was a check's.

    ``run`` is its folder or its journal. Of one that is ``going_on`` it isn't said that it was cut
    off. Raises UsageError when what was decided can't be read.
    """
    journal = find_journal(run)
    summary = {**summarize(data), "folder": str(journal.parent)}
    if going_on:
        summary["finish_reason"] = "going on"
    summary["clients"] = _clients(journal.with_name(SUMMARY_NAME))
    check = journal.with_name(CHECK_NAME)
    if check.is_file():
        summary["check"] = read_decision(check)
    summary["conclusion"] = conclude(data, summary)
    return summary


def _clients(written: Path) -> JsonObject:
    """Return what users of the SDKs got, as it was found out at the run's end; {} if unknown."""
    try:
        clients = read_json(written, AnyObject, "a summary").get("clients")
    except UsageError:
        return {}
    return clients if isinstance(clients, dict) else {}


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
