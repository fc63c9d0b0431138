"""What a check and the gates of a run come to, in a sentence; the rules decided before."""

from collections.abc import Mapping, Sequence

from toolfuzz.analyze.phrases import (
    calls,
    cause_words,
    counted,
    names,
    percent,
    points,
    share,
)
from toolfuzz.core.case import JsonObject

__all__ = ["check", "gates"]


def check(said: JsonObject, targets: Sequence[JsonObject], cause: JsonObject | None) -> str:
    """Say whether the candidate may replace the baseline, or is good enough by itself."""
    if "baseline" not in said:
        return _alone(said, cause)
    candidate, baseline, outcome = said["candidate"], said["baseline"], said["outcome"]
    pairs = said.get("pairs")
    if outcome == "PASS":
        return f"{candidate} may replace {baseline}{_at_most(said)}"
    if outcome == "FAIL":
        return f"{candidate} may not replace {baseline}: {_why(said, targets, cause)}"
    if outcome is None:
        return f"Not decided whether {candidate} may replace {baseline}: {said['reason']}"
    asked = f" from {calls(_pairs(pairs))}" if pairs else ""
    return f"Whether {candidate} may replace {baseline} can't be told{asked}{_open(said)}"


def _at_most(said: JsonObject) -> str:
    if "high" not in said:
        return ""
    drop, margin = max(said["high"], 0.0), points(said["margin"])
    return f": it is at most {points(drop)} points worse (margin {margin})"


def _why(said: JsonObject, targets: Sequence[JsonObject], cause: JsonObject | None) -> str:
    """Say what is worse: the rate, else the defect or the dimension that is."""
    if (said.get("rate") or {}).get("answer", "yes") == "yes":
        return f"{_failing_pairs(said, targets)}{cause_words(cause)}"
    suspects = said.get("suspects", ())
    if cause is None or cause["slug"] not in suspects:
        return f"it is worse in the {suspects[0]}" if suspects else "it has a new defect"
    before = targets[1]["defects"].get(cause["slug"], {"replies": 0})["replies"]
    kind = f"{before} of {targets[1]['judged']} before" if before else "none before"
    return (
        f"{cause['slug']} is {'clearly more frequent' if before else 'new'}, in "
        f"{cause['replies']} of {calls(cause['judged'])} ({kind})"
    )


def _failing_pairs(said: JsonObject, targets: Sequence[JsonObject]) -> str:
    if pairs := said.get("pairs"):
        asked = _pairs(pairs)
        failed = {
            "now": pairs["worse"] + pairs["neither"],
            "then": pairs["better"] + pairs["neither"],
        }
    else:
        asked = targets[0]["judged"]
        failed = {"now": targets[0]["failed"], "then": 0}
    against = f", {failed['then']} of the baseline's" if failed["then"] else ""
    return f"{counted(failed['now'], asked)}{against}"


def _open(said: JsonObject) -> str:
    if "high" not in said:
        return ""
    slugs = [s for s in said.get("suspects", ()) if s != "success rate"]
    if (said.get("rate") or {}).get("answer") == "no" and slugs:
        return f": perhaps {slugs[0]} has become more frequent"
    ends = f"{points(said['low'])} and {points(said['high'])}"
    return f": its drop lies between {ends} points (margin {points(said['margin'])})"


def _alone(said: JsonObject, cause: JsonObject | None) -> str:
    candidate = said["candidate"]
    if said["outcome"] not in ("ACCEPT", "REJECT"):
        why = said["reason"].removeprefix(f"{said['outcome']}: ").rstrip(".")
        return f"Whether {candidate} is good enough can't be told: {why}"
    enough = "is good enough" if said["outcome"] == "ACCEPT" else "is not good enough"
    seen = ""
    if "calls" in said:
        likelier, other = said["accept"], said["reject"]
        if said["outcome"] == "REJECT":
            likelier, other = other, likelier
        seen = (
            f": {said['failures']} of {calls(said['calls'])} failed, likelier of a model that is "
            f"right in {percent(likelier)} of calls than in {percent(other)}"
        )
    return f"{candidate} {enough}{seen}{cause_words(cause) if said['outcome'] == 'REJECT' else ''}"


def gates(
    found: Sequence[JsonObject], figures: Mapping[str, JsonObject], cause: JsonObject | None
) -> str:
    """Say which targets keep to the limit of ``--fail-under``, the failing ones first."""
    limit = found[0]["name"].removeprefix("success at least ")
    by: dict[str, list[str]] = {"FAIL": [], "INCONCLUSIVE": [], "PASS": []}
    for gate in found:
        by[gate["outcome"]].append(gate["target"])
    parts = []
    if failed := by["FAIL"]:
        worst = min((figures[name] for name in failed), key=lambda f: f["rate"])
        of = f" of {worst['target']}" if len(failed) > 1 else ""
        parts.append(
            f"{names(failed)} {'is' if len(failed) == 1 else 'are'} below the limit of {limit}: "
            f"{share(worst)}{of}{cause_words(cause)}"
        )
    if unsure := by["INCONCLUSIVE"]:
        one = figures[unsure[0]]
        seen = f": {share(one, interval=True)}" if len(unsure) == 1 and one["judged"] else ""
        parts.append(f"whether {names(unsure)} {_reach(unsure)} {limit} can't be told yet{seen}")
    if passed := by["PASS"]:
        parts.append(f"{names(passed)} {_reach(passed)} the limit of {limit}")
    said = "; ".join(parts)
    return said[:1].upper() + said[1:] if said.startswith("whether ") else said


def _reach(names: Sequence[str]) -> str:
    return "reaches" if len(names) == 1 else "reach"


def _pairs(table: JsonObject) -> int:
    return sum(int(table[name]) for name in ("both", "worse", "better", "neither"))
