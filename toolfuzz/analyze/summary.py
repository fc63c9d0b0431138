"""What ``summary.json`` holds."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from math import isnan
from statistics import quantiles

from toolfuzz.analyze.limits import limits
from toolfuzz.analyze.load import Answers, RunData, Traffic
from toolfuzz.analyze.power import smallest_visible_drop
from toolfuzz.analyze.questions import PASS, UNCALLED, UNKNOWN
from toolfuzz.analyze.rates import Rate, Sample, pass_k
from toolfuzz.analyze.relay import trial_figures
from toolfuzz.analyze.screen import associated
from toolfuzz.analyze.shares import rates_by, rates_by_feature
from toolfuzz.analyze.shown import failing, harmless
from toolfuzz.analyze.sides import by_side
from toolfuzz.analyze.tools import by_tool, sources_of
from toolfuzz.core.case import JsonObject, respelled_from
from toolfuzz.core.codec import FORMAT_VERSION
from toolfuzz.core.exchange import Target

__all__ = ["CALLS_FOR_P99", "originals", "success", "summarize", "tokens"]

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
        "cases": originals(run),
        "sources": sources_of(run),
        "skipped": [asdict(skip) for skip in run.skipped],
        "unread_lines": list(run.unread),
        "targets": [_target(run, target) for target in run.started.targets],
        **({"trial": trial_figures(run)} if "trial" in run.started.settings else {}),
    }


def success(judged: Answers) -> Rate:
    """Return the share of judged answers that passed, with its interval."""
    return Sample(judged.sizes()).rest(Counter(judged.wrong.clusters()))


def tokens(answers: Answers) -> JsonObject:
    """Return the ``input`` and ``output`` tokens of answers, None where no server counted them."""
    asked = answers.questions
    return {"input": _sum(answers.pick(asked.input)), "output": _sum(answers.pick(asked.output))}


def originals(run: RunData) -> int:
    """Return how many cases were drawn; those that spell one anew aren't counted."""
    cases = run.verdicts.questions.cases
    drawn = zip(cases.place, cases.respelled, strict=True)
    return sum(place >= 0 and not respelled for place, respelled in drawn)


def _given_up(run: RunData, target: str) -> JsonObject | None:
    """When a target was given up: after how many questions, and why."""
    event = run.given_up.get(target)
    return {n: getattr(event, n) for n in ("reason", "after", "hung")} if event else None


def _target(run: RunData, target: Target) -> JsonObject:
    answers, asked = run.of(target.name), run.verdicts.questions
    judged, unjudged = answers.judged, answers.unjudged
    total = success(judged)
    nature = run.nature(target.name)
    traffic = run.traffic.get(target.name, Traffic())
    called = [valid for valid in answers.pick(asked.valid) if valid != UNCALLED]
    checks = sum(judged.pick(asked.checks))
    reasons = Counter(asked.why(row) or "unknown" for row in unjudged.rows)
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
        "unjudged_reasons": dict(reasons.most_common()),
        "limits": limits(run, answers, nature),
        "given_up": _given_up(run, target.name),
        "schemas": judged.distinct(asked.cases.schema),
        "schema_accuracy": _share(sum(called), len(called)),
        "check_success": _share(checks - sum(judged.pick(asked.checks_failed)), checks),
        "sides": by_side(judged, nature),
        "defects": failing(run, judged, nature),
        "warnings": harmless(run, judged, nature),
        "associated": [] if answers.are_scenarios else associated(run, target.name),
        "features": rates_by_feature(judged),
        "tools": by_tool(run, answers),
        "probes": rates_by(judged, judged.pick_of_case(asked.cases.probe), asked.names.texts),
        "modes": rates_by(judged, judged.pick(asked.stream), ("plain", "stream")),
        "latency_ms": _percentiles(judged.pick(asked.latency)),
        "first_byte_ms": _percentiles(judged.pick(asked.first_byte)),
        "tokens": tokens(answers),
        "calls": traffic.calls,
        "retries": traffic.retries,
        "smallest_visible_drop": drop,
        "pass_k": _pass_k(judged),
        "respelled": _respelled(run, target.name, judged),
        **_dimensions(run, target),
    }


def _dimensions(run: RunData, target: Target) -> JsonObject:
    """Return ``dimensions``, where scenarios were asked."""
    if not run.of(target.name).are_scenarios:
        return {}
    # The families are many, and few runs ask them.
    from toolfuzz.analyze.dimensions import by_dimension

    return {"dimensions": by_dimension(run, target)}


def _first_attempt(judged: Answers) -> float | None:
    """Return the share that passed without the server failing on the way; None if not counted."""
    asked = judged.questions
    if UNKNOWN in judged.pick(asked.faults):
        return None
    outcomes = zip(judged.pick(asked.status), judged.pick(asked.faults), strict=True)
    return _share(sum(status == PASS and not faults for status, faults in outcomes), len(judged))


def _respelled(run: RunData, target: str, judged: Answers) -> JsonObject:
    """Per spelling: pairs judged on both sides, and which side failed alone."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict in run.respelled.of(target).judged.light():
        spelling, original = respelled_from(run.drawn(verdict.case_id).origin) or ("", "")
        before = run.answer(original, target, verdict.repeat, stream=verdict.stream)
        if before is None or before.status == "unjudged":
            continue
        passed = before.status == "pass"
        counts[spelling]["pairs"] += 1
        counts[spelling]["only_original_fails"] += not passed and verdict.status == "pass"
        counts[spelling]["only_respelled_fails"] += passed and verdict.status == "fail"
    return {spelling: dict(counts[spelling]) for spelling in sorted(counts)}


def _percentiles(times: Iterable[float]) -> JsonObject:
    """p50, p90, p95 in milliseconds, and p99 where enough calls were made to know it."""
    known = [t for t in times if not isnan(t)]
    if not known:
        return {}
    cuts = quantiles(known, n=100, method="inclusive") if len(known) > 1 else known * 99
    wanted = (50, 90, 95, 99) if len(known) >= CALLS_FOR_P99 else (50, 90, 95)
    return {f"p{p}": round(cuts[p - 1], 3) for p in wanted}


def _pass_k(judged: Answers) -> JsonObject:
    asked = judged.questions
    if not any(judged.pick(asked.repeat)):
        return {}
    repeats, passed = (array("q", bytes(16 * len(asked.cases.place))) for _ in range(2))
    for row in judged.rows:
        way = 2 * asked.case[row] + asked.stream[row]
        repeats[way] += 1
        passed[way] += asked.status[row] == PASS
    by_k = pass_k(both for both in zip(passed, repeats, strict=True) if both[1])
    return {str(k): share for k, share in by_k.items()} if len(by_k) > 1 else {}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _sum(counts: Iterable[int]) -> int | None:
    known = [count for count in counts if count != UNKNOWN]
    return sum(known) if known else None
