"""What a monitor knows after a portion: ``monitor.json``, for people, pages and programs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.watch import WatchRule, grown
from toolfuzz.core.case import JsonObject
from toolfuzz.core.codec import FORMAT_VERSION
from toolfuzz.core.text import day
from toolfuzz.runs.portions import Asked, portion_folder, state_of

__all__ = ["state", "weighed"]


def weighed(portions: Sequence[Asked]) -> list[Asked]:
    """Return portions with the evidence at the end of each; eras know nothing of each other."""
    done: list[Asked] = []
    for one in portions:
        if not one.weighed:
            own = [*(p for p in done if p.era == one.era), one]
            evidence = one.rule.evidence([p.portion for p in own])
            one = replace(one, weighed=True, log10=evidence.log10)
        done.append(one)
    return done


def state(folder: Path, run: RunData, portions: Sequence[Asked]) -> JsonObject:
    """Return what there is to know; ``run`` is the last portion's.

    ``outcome`` is ``baseline`` (not enough answers yet), ``quiet``, ``alarm``, ``outage`` (the last
    portion says nothing), or None when it was interrupted.
    """
    (target,) = run.started.targets
    last, rule = portions[-1], portions[-1].rule
    own = [one for one in portions if one.era == last.era]
    evidence = rule.evidence([one.portion for one in own])
    alarm = _alarm(folder, own, rule)
    outcome = _outcome(last, alarm, begun=evidence.log10 is not None)
    found: JsonObject = {
        "format_version": FORMAT_VERSION,
        "toolfuzz_version": __version__,
        "target": target.name,
        "endpoint": target.endpoint,
        "model": target.model,
        "format": target.format,
        "nature": run.nature(target.name).words(),
        "folder": str(folder),
        "portion": str(portion_folder(folder, last.number)),
        "outcome": outcome,
        "alarm_at": rule.alarm_at,
        "bound": evidence.bound,
        "baseline_calls": rule.baseline,
        "baseline": _tally(one for one in own if one.log10 is None),
        "watched": _tally(one for one in own if one.log10 is not None),
        "alarm": alarm,
        "portions": state_of(portions),
    }
    return found | {"reason": _reason(found, last, rule)}


def _outcome(last: Asked, alarm: JsonObject | None, *, begun: bool) -> str | None:
    if alarm:
        return "alarm"
    if not last.finished:
        return None
    if last.outage:
        return "outage"
    return "quiet" if begun else "baseline"


def _alarm(folder: Path, own: Sequence[Asked], rule: WatchRule) -> JsonObject | None:
    """Say when there was an alarm first, since when it became worse, and which defects grew."""
    at = next((n for n, one in enumerate(own) if rule.alarms(one.log10)), None)
    if at is None:
        return None
    seen = own[: at + 1]
    since = rule.evidence([one.portion for one in seen]).since
    before, after = _tally(seen[:since]), _tally(seen[since:])
    found = grown(before["defects"], before["judged"], after["defects"], after["judged"])
    return {
        "number": own[at].number,
        "portion": str(portion_folder(folder, own[at].number)),
        "started": own[at].started,
        "since": seen[since or 0].started,
        "before": before,
        "after": after,
        "grown": [asdict(one) for one in found],
    }


def _tally(portions: Iterable[Asked]) -> JsonObject:
    failed = judged = 0
    defects: Counter[str] = Counter()
    for one in portions:
        failed, judged = failed + one.failed, judged + one.judged
        defects.update(one.defects)
    return {"failed": failed, "judged": judged, "defects": dict(defects.most_common())}


def _reason(found: JsonObject, last: Asked, rule: WatchRule) -> str:
    """Say the outcome in sentences."""
    said = [_outage(last)] if last.outage else []
    if found["alarm"]:
        said.insert(0, _worse(found["alarm"]))
    elif found["outcome"] == "baseline":
        judged = found["baseline"]["judged"]
        left = rule.baseline - judged
        more = f"; {left} more are needed" if left > 0 else ""
        said.append(f"The baseline: {_share(found['baseline'])} failed{more}.")
    elif found["outcome"] is None:
        said.append("Interrupted; what was answered is kept, and the same command goes on.")
    elif not last.outage:
        said.append(
            f"{_share({'failed': last.failed, 'judged': last.judged})} failed this time, "
            f"{_share(found['watched'])} since the baseline, {_share(found['baseline'])} in it."
        )
    return " ".join(said)


def _outage(last: Asked) -> str:
    why = f", mostly: {next(iter(last.reasons))}" if last.reasons else ""
    return (
        f"An outage: {last.unjudged} of {last.asked} answers could not be judged{why}. That says "
        f"nothing about tool calls."
    )


def _worse(alarm: JsonObject) -> str:
    before, after = alarm["before"], alarm["after"]
    more = [
        f"{one['slug']} ({one['before']} of {before['judged']} → {one['after']} of "
        f"{after['judged']})"
        for one in alarm["grown"]
    ]
    which = f"What grew: {', '.join(more)}." if more else "No single defect stands out."
    return (
        f"Since {day(alarm['since'])} {_share(after)} failed, before that {_share(before)}. {which}"
    )


def _share(tally: JsonObject) -> str:
    failed, judged = tally["failed"], tally["judged"]
    return f"{failed} of {judged} calls ({failed / judged:.1%})" if judged else "none of 0 calls"
