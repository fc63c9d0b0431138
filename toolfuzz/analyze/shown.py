"""The defects that a target shows: how often, and each with an example."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from toolfuzz.analyze.load import Answers, RunData, causes
from toolfuzz.analyze.ranking import least
from toolfuzz.analyze.rates import Sample
from toolfuzz.analyze.sides import side_of
from toolfuzz.core.case import JsonObject
from toolfuzz.core.nature import Nature
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.judge.harm import harm_rank

__all__ = ["failing", "harmless"]


def failing(run: RunData, judged: Answers, nature: Nature) -> JsonObject:
    """Return what failed replies: per slug distinct cases, replies, share of judged replies with
    its interval, side, an example.

    The example is a finding on the smallest case, whatever the order of the answers.
    """
    return _shown(run, judged, nature, judged.questions.causes, causes)


def harmless(run: RunData, judged: Answers, nature: Nature) -> JsonObject:
    """Return the same of what failed none."""
    return _shown(run, judged, nature, judged.questions.harmless, _harmless)


def _harmless(verdict: Verdict) -> Iterable[Finding]:
    failing = causes(verdict)
    return (f for f in verdict.findings if f not in failing)


def _shown(
    run: RunData,
    judged: Answers,
    nature: Nature,
    light: Callable[[int], Iterable[Finding]],
    whole: Callable[[Verdict], Iterable[Finding]],
) -> JsonObject:
    found: dict[str, list[int]] = defaultdict(list)
    with_findings = judged.where(lambda row: judged.questions.findings[row] != 0)
    for row in with_findings.rows:
        for slug in {finding.slug for finding in light(row)}:
            found[slug].append(row)
    if not found:
        return {}
    sample = Sample(judged.sizes())
    entries = {slug: _entry(judged.at(rows), sample) for slug, rows in found.items()}
    for slug, entry in entries.items():
        smallest = min(found[slug], key=judged.questions.smallness)
        [verdict] = judged.at([smallest])
        finding = next(f for f in whole(verdict) if f.slug == slug)
        entry |= {
            "severity": finding.severity,
            "layer": finding.layer,
            "tells_of": side_of(slug, nature),
            "example_case": verdict.case_id,
            "example": _example(run, verdict, finding),
        }
    # What a parser does it always does, however seldom a case meets it: the most harmful first.
    ranks = {slug: harm_rank(slug) if nature.deterministic else 0 for slug in entries}
    surest = sorted(
        entries, key=lambda slug: (ranks[slug], -least(entries[slug]), -len(found[slug]), slug)
    )
    return {slug: entries[slug] for slug in surest}


def _entry(showing: Answers, sample: Sample) -> JsonObject:
    share = sample.share(Counter(showing.clusters()))
    return {
        "cases": len(set(showing.pick(showing.questions.case))),
        "replies": len(showing),
        "rate": share.rate,
        "low": share.low,
        "high": share.high,
    }


def _example(run: RunData, verdict: Verdict, finding: Finding) -> JsonObject:
    case = run.cases[verdict.case_id]
    return {
        "repeat": verdict.repeat,
        "stream": verdict.stream,
        "turn": finding.turn,
        "pointer": finding.pointer,
        "shape": finding.shape,
        "message": finding.message,
        # None at the whole of a call's arguments isn't null: no value was compared there.
        "known": bool(finding.pointer) and case.knows_arguments(finding.turn),
        "expected": finding.expected,
        "actual": finding.actual,
    }
