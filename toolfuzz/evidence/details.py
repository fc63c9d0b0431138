"""All that is known of one failure: its smallest case, the bytes, how often, on which layer."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolfuzz.analyze.load import Question, RunData, last_of_each_turn, question
from toolfuzz.analyze.rates import wilson
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.nature import Nature
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.evidence.failures import Failure
from toolfuzz.evidence.kept import (
    ATTRIBUTION_NAME,
    RESULT_NAME,
    read_attribution,
    read_study,
    study_folder,
)
from toolfuzz.evidence.minimize import Minimized
from toolfuzz.runs.journal import has_journal
from toolfuzz.runs.reading import load_run
from toolfuzz.worlds.spec import world_of

__all__ = ["FailureDetails", "Share", "open_details"]


@dataclass(frozen=True, slots=True)
class Share:
    """``failed`` of ``asked`` questions with their 95% Wilson interval; ``what`` was asked."""

    what: str
    failed: int
    asked: int

    @property
    def words(self) -> str:
        """For people: ``11 of 16 (44% – 86%)``."""
        if not self.asked:
            return "not asked"
        low, high = wilson(self.failed, self.asked)
        return f"{self.failed} of {self.asked} (95% interval {low:.0%} – {high:.0%})"


@dataclass(frozen=True, slots=True)
class FailureDetails:
    """One failure. ``case`` is the minimal case where there is one, else the smallest of the run;
    ``exchange`` and ``finding`` are of an answer to that very case; ``earlier`` are the exchanges
    of the turns before.

    ``in_run`` holds the share of the run's cases per stream mode; ``attribution`` what
    ``toolfuzz attribute`` wrote, None when it was not asked. ``unminimized`` says why the case is
    not the smallest one, ``subject`` names the software under test where the user did.
    """

    failure: Failure
    target: Target
    nature: Nature
    settings: JsonObject
    started: float
    case: Case
    finding: Finding
    exchange: Exchange
    minimized: Minimized | None
    attribution: JsonObject | None
    in_run: tuple[Share, ...]
    earlier: tuple[Exchange, ...] = ()
    unminimized: str = ""
    subject: str = ""


def open_details(run: Path, data: RunData, failure: Failure) -> FailureDetails:
    """Gather what run and study hold about a failure; ``data`` must have kept its exchanges."""
    folder = study_folder(run, failure)
    target = next(t for t in data.started.targets if t.name == failure.target)
    minimized = studied_before = _minimized(folder)
    shown = None
    if minimized is not None and minimized.confirmed:
        studied = load_run(folder, keep_exchanges=True)
        of_case = (v for v in studied.verdicts if v.case_id == minimized.case.id)
        shown = _shown(of_case, studied.exchanges, failure, _turns(minimized.case))
    if shown is None:
        minimized = None
        shown = _shown(
            failure.verdicts,
            data.exchanges,
            failure,
            _turns(failure.case),
        )
    if shown is None:
        raise UsageError(
            f"the journal lacks the bytes of {failure.name}", "is it the whole run.jsonl?"
        )
    finding, (*earlier, exchange) = shown
    return FailureDetails(
        failure,
        target,
        data.nature(target.name),
        data.started.settings,
        data.started.started,
        minimized.case if minimized else failure.case,
        finding,
        exchange,
        minimized,
        _attributed(folder),
        tuple(_in_run(data, failure)),
        tuple(earlier),
        studied_before.reason if studied_before else "it was not minimized (toolfuzz minimize RUN)",
    )


def _turns(case: Case) -> int:
    """Return how many turns a case can have."""
    return len(case.turns) if case.world is None else world_of(case).most_rounds


def _shown(
    verdicts: Iterable[Verdict],
    exchanges: Mapping[Question, list[Exchange]],
    failure: Failure,
    turns: int,
) -> tuple[Finding, list[Exchange]] | None:
    """Return a finding of the failure, and the exchanges up to the turn that shows it."""
    for verdict in verdicts:
        for finding in verdict.findings:
            same = (finding.slug, finding.shape) == (failure.symptom.slug, failure.symptom.shape)
            # A journal may say anything, also of a turn that the case doesn't have.
            shows = same and finding.turn < turns
            kept = last_of_each_turn(exchanges.get(question(verdict), [])) if shows else []
            until = [e for e in kept if 0 <= e.turn <= finding.turn]
            if until:
                return finding, until
    return None


def _in_run(data: RunData, failure: Failure) -> Iterable[Share]:
    judged = Counter(v.stream for v in data.of(failure.target) if v.status != "unjudged")
    failed = failure.replies
    for stream in (False, True):
        yield Share("streamed" if stream else "not streamed", failed[stream], judged[stream])


def _minimized(folder: Path) -> Minimized | None:
    if not ((folder / RESULT_NAME).exists() and has_journal(folder)):
        return None
    return read_study(folder / RESULT_NAME)


def _attributed(folder: Path) -> JsonObject | None:
    path = folder / ATTRIBUTION_NAME
    return read_attribution(path) if path.exists() else None
