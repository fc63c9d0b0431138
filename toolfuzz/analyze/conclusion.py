"""What a run or a check comes to: one sentence that decides, how good that is, and the facts in it.

Nothing is measured here. Who can be told apart is what ``compare`` found (intervals that hold for
all differences at once), whether a model may replace another what ``check`` decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from toolfuzz.analyze import conclusion_words as words
from toolfuzz.analyze import outcome_words
from toolfuzz.analyze.dimension_pairs import shown
from toolfuzz.analyze.enough import cases_to_tell, cases_without_failure
from toolfuzz.analyze.phrases import title
from toolfuzz.analyze.rates import Rate
from toolfuzz.analyze.sequential import could_change
from toolfuzz.core.case import JsonObject

__all__ = [
    "RARELY",
    "SOUND",
    "STOPPED",
    "Tone",
    "conclude_check",
    "conclude_gates",
    "conclude_models",
    "tone",
]

Tone = Literal["good", "bad", "unsure"]

RARELY = 0.99
"""A model fails when all of its 95% interval lies below, and is good when all of it lies above."""
SOUND = 0.95
"""It is good as well when nothing failed and all of the interval lies above this."""
STOPPED = ("interrupted", "budget", "cut-off")
"""The ends of a run that ended before all was asked."""
_DIMENSION_GOOD, _DIMENSION_BAD = 0.9, 0.6

_OUTCOMES: Mapping[str | None, Tone] = {
    "PASS": "good", "ACCEPT": "good", "FAIL": "bad", "REJECT": "bad",
}  # fmt: skip


def conclude_models(
    rows: Sequence[JsonObject],
    differences: Sequence[JsonObject],
    by_dimension: Sequence[JsonObject] = (),
    *,
    stopped: bool = False,
) -> JsonObject:
    """Return what targets side by side come to, given ``compare``'s rows (best first).

    ``tone`` is the worst of the targets'; ``tones`` has each. ``alike`` are the labels of the
    ``best`` one and of those that can't be told from it, ``worse`` those that are worse, with
    ``by`` and its interval as shares. ``cause`` is the commonest defect of the worst one with an
    example, and ``more_cases`` how many would decide what is open (None: nothing is, or no number
    does). ``stopped``: the run didn't come to its end.
    A target that was given up is none of ``alike`` and ``worse``, but where all were.
    """
    measured = words.comparable(rows)
    tones = {row["label"]: tone(row) for row in rows}
    labels = {row["label"] for row in measured}
    differences = [d for d in differences if {d["better"], d["worse"]} <= labels]
    by_dimension = [d for d in by_dimension if {d["first"], d["second"]} <= labels]
    scenarios = bool(measured) and all(row["dimensions"] for row in measured)
    if scenarios:
        # Of scenarios of other levels the rates say nothing of each other.
        differences = [d for d in differences if d["paired"]]
    worse = _worse(measured, differences) if measured else []
    behind = {entry["label"] for entry in worse}
    worst = next((row for row in reversed(measured) if row["label"] in behind or not behind), None)
    if scenarios:
        worst = words.weakest(measured)
    facts: JsonObject = {
        "tone": _worst(tones.values()),
        "tones": tones,
        "best": _best(measured, differences) if measured else None,
        "alike": [row["label"] for row in measured if row["label"] not in behind],
        "worse": worse,
        "cause": cause_of(worst) if worst else None,
        "more_cases": _more_cases(measured, tones),
    }
    if scenarios:
        said = words.dimensions(measured, by_dimension, facts)
    else:
        said = words.models(measured, differences, facts)
    said = "; ".join([*([said] if said else []), *words.left_out(rows, measured)])
    return {**facts, "sentence": words.whole(said, stopped=stopped)}


def conclude_check(summary: JsonObject) -> JsonObject:
    """Return what a check comes to, given its summary: its decision is ``summary["check"]``."""
    check = summary["check"]
    candidate = summary["targets"][0]
    by_rate = (check.get("rate") or {}).get("answer", "yes") == "yes"
    slugs = [slug for slug in check.get("suspects", ()) if slug in candidate["defects"]]
    cause = cause_of(candidate, _grown(summary["targets"]) if by_rate else slugs)
    return {
        "tone": _OUTCOMES.get(check["outcome"], "unsure"),
        "tones": {target["target"]: tone(_row(target)) for target in summary["targets"]},
        "cause": cause,
        "sentence": words.whole(outcome_words.check(check, summary["targets"], cause)),
    }


def conclude_gates(summary: JsonObject) -> JsonObject:
    """Return what the gates in ``summary["gates"]`` make of what the run comes to."""
    gates, concluded = summary["gates"], summary["conclusion"]
    found = [_OUTCOMES.get(gate["outcome"], "unsure") for gate in gates]
    failed = [gate["target"] for gate in gates if _OUTCOMES.get(gate["outcome"]) == "bad"]
    figures = {target["target"]: target for target in summary["targets"]}
    lowest = sorted(failed, key=lambda name: figures[name]["rate"])[:1]
    cause = cause_of(figures[lowest[0]]) if lowest else concluded["cause"]
    said = outcome_words.gates(gates, figures, cause)
    stopped = summary["finish_reason"] in STOPPED
    return {
        **concluded,
        "tone": _worst(found),
        "cause": cause,
        "sentence": words.whole(said, stopped=stopped),
    }


def _row(target: JsonObject) -> JsonObject:
    """Return a summary's target as a comparison's row has it."""
    asked = target.get("dimensions", {})
    return {**target, "dimensions": {name: shown(entry) for name, entry in asked.items()}}


def tone(row: JsonObject) -> Tone:
    """Return how good a target's success is: what its 95% interval shows, never the rate alone.

    It is unsure where the answers that could not be judged, or those that were not asked any more
    of a target that was given up, may change that.
    """
    if row["rate"] is None:
        return "unsure"
    if row["dimensions"]:
        return _of_dimensions(row["dimensions"])
    measured = Rate(**{name: row[name] for name in Rate.__dataclass_fields__})
    good_from = SOUND if row["passed"] == row["judged"] else RARELY
    found: Tone = "unsure"
    if row["high"] < RARELY and not could_change(measured, RARELY, row["unjudged"]):
        found = "bad"
    elif row["low"] >= good_from and not could_change(measured, good_from, row["unjudged"]):
        found = "good"
    return "unsure" if found == "good" and row["given_up"] else found


def _worst(tones: Iterable[Tone]) -> Tone:
    found = set(tones)
    return "bad" if "bad" in found else "unsure" if "unsure" in found or not found else "good"


def _of_dimensions(dimensions: JsonObject) -> Tone:
    known = [entry for entry in dimensions.values() if entry["rate"] is not None]
    if any(entry["high"] < _DIMENSION_BAD for entry in known):
        return "bad"
    sound = len(known) == len(dimensions) and all(e["low"] >= _DIMENSION_GOOD for e in known)
    return "good" if sound else "unsure"


def _worse(measured: Sequence[JsonObject], differences: Sequence[JsonObject]) -> list[JsonObject]:
    """Return those that are worse than the best one, in order of rate."""
    order = {row["label"]: place for place, row in enumerate(measured)}
    found = [entry for d in differences if (entry := _behind(d, _best(measured, differences)))]
    return sorted(found, key=lambda entry: order[entry["label"]])


def _best(measured: Sequence[JsonObject], differences: Sequence[JsonObject]) -> str:
    """Return the first that none is ahead of.

    Where calls are lacking on one side, the better on the calls of both may have the lower rate.
    """
    beaten = {d["worse"] if d["low"] > 0 else d["better"] for d in differences if d["apart"]}
    labels = [row["label"] for row in measured]
    return str(next((label for label in labels if label not in beaten), labels[0]))


def _behind(difference: JsonObject, best: str) -> JsonObject | None:
    """Return by how much the other one is worse than the best; None where it isn't."""
    by, low, high = (difference[name] for name in ("difference", "low", "high"))
    if difference["better"] == best and low > 0:
        return {"label": difference["worse"], "by": by, "low": low, "high": high}
    if difference["worse"] == best and high < 0:
        return {"label": difference["better"], "by": -by, "low": -high, "high": -low}
    return None


def _more_cases(measured: Sequence[JsonObject], tones: Mapping[str, Tone]) -> int | None:
    """Return how many more cases would tell what is open of the least known target."""
    needed = [n for row in measured if tones[row["label"]] == "unsure" for n in [_needed(row)]]
    return max((n for n in needed if n is not None), default=None)


def _needed(row: JsonObject) -> int | None:
    if row["dimensions"] or row["given_up"] or row["unjudged"] > row["judged"] / 10:
        return None
    if row["passed"] == row["judged"]:
        return cases_without_failure(row["clusters"], SOUND)
    return cases_to_tell(row["rate"], row["n_eff"], row["clusters"], RARELY)


def cause_of(row: JsonObject, slugs: Sequence[str] = ()) -> JsonObject | None:
    """Return the defect in most of a target's replies, among these where some are named.

    ``mostly``: at least half of the failed calls show it. ``example`` is that of the defect, with
    the ``case`` that it is of. None where nothing failed.
    """
    defects: dict[str, Any] = row["defects"]
    among = [slug for slug in slugs if slug in defects] or list(defects)
    if not among:
        return None
    slug = max(among, key=lambda name: defects[name]["replies"])
    entry = defects[slug]
    return {
        "target": row.get("label", row.get("target")),
        "slug": slug,
        "title": title(slug),
        "replies": entry["replies"],
        "judged": row["judged"],
        "mostly": 2 * entry["replies"] >= row["judged"] - row["passed"],
        "case": entry["example_case"],
        "example": entry["example"],
    }


def _grown(targets: Sequence[JsonObject]) -> list[str]:
    """Return the defects that the candidate has in more replies than the baseline, most first."""
    candidate, *baseline = targets
    before = baseline[0]["defects"] if baseline else {}
    growth = {
        slug: entry["replies"] - before.get(slug, {"replies": 0})["replies"]
        for slug, entry in candidate["defects"].items()
    }
    most = max(growth.values(), default=0)
    return [slug for slug, more in growth.items() if more == most > 0]
