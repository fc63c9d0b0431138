"""Whether a stored run is fit to be the baseline of a check."""

from collections.abc import Collection

from toolfuzz.analyze.load import RunData
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import nature_of

__all__ = ["DAYS_FRESH", "doubts"]

DAYS_FRESH = 30
"""Hosted models change behind their names; after this many days the answers are called old."""

_FEWEST_CASES = 100


def doubts(
    baseline: RunData,
    target: str,
    candidate: Target,
    *,
    asked: Collection[str],
    judged_alike: bool,
    now: float,
) -> list[str]:
    """Return why this baseline should not be used, in sentences; empty when nothing speaks so.

    ``asked``: ids of the cases that the candidate will be asked. ``judged_alike``: the same
    findings count on both sides. ``now``: unix time in seconds.
    """
    found = []
    days = (now - baseline.started.started) / 86_400
    if days > DAYS_FRESH:
        found.append(f"it is {days:.0f} days old (more than {DAYS_FRESH})")
    if baseline.finished is None or baseline.finished.reason != "done":
        reason = baseline.finished.reason if baseline.finished else "cut off"
        found.append(f"it did not run to its end ({reason})")
    if given_up := baseline.given_up.get(target):
        found.append(f"{target} was given up ({given_up.reason})")
    asked_then = next(t for t in baseline.started.targets if t.name == target)
    nature = nature_of(asked_then)
    if nature.label != nature_of(candidate).label:
        found.append(f"its answers come from a target of another kind ({nature.noun})")
    if asked_then.model == candidate.model and asked_then.format != candidate.format:
        found.append(
            f"its answers came as {asked_then.format}, the candidate's would as "
            f"{candidate.format}: a difference may be the format's"
        )
    judged = {verdict.case_id for verdict in baseline.of(target).judged.light()}
    shared = len(judged.intersection(asked))
    if shared < min(_FEWEST_CASES, len(asked)):
        found.append(f"it judged only {shared} of the {len(asked)} cases that would be asked now")
    if not judged_alike:
        found.append("it was judged with other --strict, --ignore or --select options")
    return found
