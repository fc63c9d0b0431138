"""What ``summary.json`` holds."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from statistics import quantiles

from toolfuzz.analyze.limits import limits
from toolfuzz.analyze.load import RunData, Traffic, causes
from toolfuzz.analyze.power import smallest_visible_drop
from toolfuzz.analyze.ranking import least, least_failing
from toolfuzz.analyze.rates import Rate, pass_k, rate
from toolfuzz.analyze.relay import trial_figures
from toolfuzz.analyze.screen import associated
from toolfuzz.analyze.sides import by_side, side_of
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.codec import FORMAT_VERSION
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import Nature
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.judge.harm import harm_rank

__all__ = ["CALLS_FOR_P99", "summarize"]

CALLS_FOR_P99 = 299
"""Below this many calls the chance that none of them lies beyond the true p99 exceeds 5%."""


def summarize(run: RunData) -> JsonObject:
    """Return ``summary.json``: what was asked for, and one entry a target."""
    return {
        "format_version": FORMAT_VERSION,
        "toolfuzz_version": run.started.version,
        "started": run.started.started,
        "finished": run.finished.finished if run.finished else None,
        "finish_reason": run.finished.reason if run.finished else "cut-off",
        "seed": run.started.settings.get("seed"),
        "settings": run.started.settings,
        "cases": sum(case.respelled_from is None for case in run.cases.values()),
        "skipped": [asdict(skip) for skip in run.skipped],
        "unread_lines": list(run.unread),
        "targets": [_target(run, target) for target in run.started.targets],
        **({"trial": trial_figures(run)} if "trial" in run.started.settings else {}),
    }


def _given_up(run: RunData, target: str) -> JsonObject | None:
    """When a target was given up: after how many questions, and why."""
    event = run.given_up.get(target)
    return {n: getattr(event, n) for n in ("reason", "after", "hung")} if event else None


def _first_attempt(judged: Sequence[Verdict]) -> float | None:
    """Return the share that passed without the server failing on the way; None if not counted."""
    if any(v.metrics.faults is None for v in judged):
        return None
    return _share(sum(v.status == "pass" and not v.metrics.faults for v in judged), len(judged))


def _target(run: RunData, target: Target) -> JsonObject:
    verdicts = run.of(target.name)
    judged = [v for v in verdicts if v.status != "unjudged"]
    unjudged = [v for v in verdicts if v.status == "unjudged"]
    total = _rate(run, judged)
    nature = run.nature(target.name)
    traffic = run.traffic.get(target.name, Traffic())
    valid = [v.metrics.schema_valid for v in verdicts if v.metrics.schema_valid is not None]
    checks = sum(v.metrics.checks for v in judged)
    drop = None
    if total.rate is not None:
        drop = smallest_visible_drop(total.rate, total.n_eff)
    return {
        "target": target.name,
        "kind": target.kind,
        "simulated": nature.simulated,
        "nature": nature.words(),
        "endpoint": target.endpoint,
        "format": target.format,
        "model": target.model,
        **asdict(total),
        "first_attempt": _first_attempt(judged),
        "failed": total.judged - total.passed,
        "unjudged": len(unjudged),
        "unjudged_reasons": dict(Counter(v.reason or "unknown" for v in unjudged).most_common()),
        "limits": limits(run, verdicts, nature),
        "given_up": _given_up(run, target.name),
        "schemas": len({run.cases[v.case_id].schema_id for v in judged}),
        "schema_accuracy": _share(sum(valid), len(valid)),
        "check_success": _share(checks - sum(v.metrics.checks_failed for v in judged), checks),
        "sides": by_side(run, judged, nature),
        "defects": _defects(run, judged, nature, causes),
        "warnings": _defects(run, judged, nature, _harmless),
        "associated": _associated(run, verdicts),
        "features": _rates_by(run, judged, lambda case, _: case.features),
        "probes": _rates_by(run, judged, lambda case, _: (case.probe,)),
        "modes": _rates_by(run, judged, lambda _, v: ("stream" if v.stream else "plain",)),
        "latency_ms": _percentiles([v.metrics.latency_ms for v in judged]),
        "first_byte_ms": _percentiles([v.metrics.first_byte_ms for v in judged]),
        "tokens": {
            "input": _sum(v.metrics.input_tokens for v in verdicts),
            "output": _sum(v.metrics.output_tokens for v in verdicts),
        },
        "calls": traffic.calls,
        "retries": traffic.retries,
        "smallest_visible_drop": drop,
        "pass_k": _pass_k(judged),
        "respelled": _respelled(run, target.name, judged),
        **_dimensions(run, target),
    }


def _associated(run: RunData, verdicts: Sequence[Verdict]) -> list[JsonObject]:
    """Return which features go with failing; of scenarios their level is the only one."""
    if not verdicts or any(verdict.scenario for verdict in verdicts):
        return []
    return associated(run, verdicts[0].target)


def _dimensions(run: RunData, target: Target) -> JsonObject:
    """Return ``dimensions``, where scenarios were asked."""
    if not any(verdict.scenario for verdict in run.of(target.name)):
        return {}
    # The families are many, and few runs ask them.
    from toolfuzz.analyze.dimensions import by_dimension

    return {"dimensions": by_dimension(run, target)}


def _respelled(run: RunData, target: str, judged: Sequence[Verdict]) -> JsonObject:
    """Per spelling: pairs judged on both sides, and which side failed alone."""
    originals = {(v.case_id, v.repeat, v.stream): v.status == "pass" for v in judged}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict in run.respelled:
        respelled_from = run.cases[verdict.case_id].respelled_from
        if verdict.target != target or verdict.status == "unjudged" or respelled_from is None:
            continue
        spelling, original = respelled_from
        passed = originals.get((original, verdict.repeat, verdict.stream))
        if passed is None:
            continue
        counts[spelling]["pairs"] += 1
        counts[spelling]["only_original_fails"] += not passed and verdict.status == "pass"
        counts[spelling]["only_respelled_fails"] += passed and verdict.status == "fail"
    return {spelling: dict(counts[spelling]) for spelling in sorted(counts)}


def _rate(run: RunData, verdicts: Iterable[Verdict]) -> Rate:
    return rate((run.cluster(v), v.status == "pass") for v in verdicts)


def _rates_by(
    run: RunData, judged: Sequence[Verdict], keys: Callable[[Case, Verdict], Iterable[str]]
) -> JsonObject:
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in judged:
        for key in keys(run.cases[verdict.case_id], verdict):
            groups[key].append(verdict)
    rates = {
        key: {k: v for k, v in asdict(_rate(run, found)).items() if k != "n_eff"}
        for key, found in groups.items()
    }
    weakest = sorted(rates, key=lambda key: (-least_failing(rates[key]), key))
    return {key: rates[key] for key in weakest}


def _defects(
    run: RunData,
    judged: Sequence[Verdict],
    nature: Nature,
    wanted: Callable[[Verdict], Iterable[Finding]],
) -> JsonObject:
    """Per slug: distinct cases, replies, share of judged replies with interval, side, an example.

    The example is a finding on the smallest case, whatever the order of the answers.
    """
    found: dict[str, dict[int, Finding]] = defaultdict(dict)
    for place, verdict in enumerate(judged):
        for finding in wanted(verdict):
            found[finding.slug].setdefault(place, finding)
    entries = {}
    for slug, places in found.items():
        share = rate((run.cluster(v), place in places) for place, v in enumerate(judged))
        smallest = min(places, key=lambda place: _size(run, judged[place]))
        finding = places[smallest]
        entries[slug] = {
            "cases": len({judged[place].case_id for place in places}),
            "replies": len(places),
            "rate": share.rate,
            "low": share.low,
            "high": share.high,
            "severity": finding.severity,
            "layer": finding.layer,
            "tells_of": side_of(slug, nature),
            "example_case": judged[smallest].case_id,
            "example": _example(run, judged[smallest], finding),
        }
    # What a parser does it always does, however seldom a case meets it: the most harmful first.
    certain = bool(judged) and run.nature(judged[0].target).deterministic
    ranks = {slug: harm_rank(slug) if certain else 0 for slug in entries}
    surest = sorted(
        entries, key=lambda slug: (ranks[slug], -least(entries[slug]), -len(found[slug]), slug)
    )
    return {slug: entries[slug] for slug in surest}


def _harmless(verdict: Verdict) -> Iterable[Finding]:
    failing = causes(verdict)
    return (f for f in verdict.findings if f not in failing)


def _size(run: RunData, verdict: Verdict) -> tuple[int, str, bool, int]:
    case = run.cases[verdict.case_id]
    asked = [[c.arguments for c in turn.expect.calls] for turn in case.turns]
    size = len(json.dumps([asked, [tool.parameters for tool in case.tools]]))
    return size, case.id, verdict.stream, verdict.repeat


def _example(run: RunData, verdict: Verdict, finding: Finding) -> JsonObject:
    case = run.cases[verdict.case_id]
    return {
        "repeat": verdict.repeat,
        "stream": verdict.stream,
        "turn": finding.turn,
        "pointer": finding.pointer,
        "shape": finding.shape,
        "message": finding.message,
        "known": case.knows_answer(finding.turn),
        "expected": finding.expected,
        "actual": finding.actual,
    }


def _percentiles(times: Iterable[float | None]) -> JsonObject:
    """p50, p90, p95 in milliseconds, and p99 where enough calls were made to know it."""
    known = [t for t in times if t is not None]
    if not known:
        return {}
    cuts = quantiles(known, n=100, method="inclusive") if len(known) > 1 else known * 99
    wanted = (50, 90, 95, 99) if len(known) >= CALLS_FOR_P99 else (50, 90, 95)
    return {f"p{p}": round(cuts[p - 1], 3) for p in wanted}


def _pass_k(judged: Iterable[Verdict]) -> JsonObject:
    repeats: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for verdict in judged:
        repeats[verdict.case_id, verdict.stream].append(verdict.status == "pass")
    by_k = pass_k(repeats.values())
    return {str(k): share for k, share in by_k.items()} if len(by_k) > 1 else {}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
