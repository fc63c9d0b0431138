"""The sentence that decides, in words: never more than the intervals and the rules show."""

from collections.abc import Sequence

from toolfuzz.analyze.phrases import (
    between,
    calls,
    cause_words,
    failed,
    names,
    percent,
    points,
    share,
)
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import clip

__all__ = ["comparable", "dimensions", "left_out", "models", "weakest", "whole"]

_REASON = 140
"""Characters of what a server said why it doesn't answer; all of it stands in the notes."""
_LISTED = 3
"""So many that are worse are named with their figures."""


def whole(said: str, *, stopped: bool = False) -> str:
    """Return it as a sentence; of a run that didn't come to its end it is what is known so far."""
    said = f"So far (stopped early): {said}" if stopped else said
    return (
        f"{said[:1].upper()}{said[1:]}."
        if said.startswith(("whether ", "nothing "))
        else f"{said}."
    )


def comparable(rows: Sequence[JsonObject]) -> list[JsonObject]:
    """Return those whose figures can be set side by side; given up ones where there are no others.

    What a target did before it was given up is no fair figure.
    """
    measured = [row for row in rows if row["rate"] is not None]
    return [row for row in measured if not row["given_up"]] or measured


def left_out(rows: Sequence[JsonObject], measured: Sequence[JsonObject]) -> list[str]:
    """Say why others are none of those whose figures are set side by side."""
    labels = {row["label"] for row in measured}
    said = [_nothing(row) for row in rows if row["label"] not in labels]
    return said or ([] if measured else ["Nothing was asked"])


def models(
    measured: Sequence[JsonObject], differences: Sequence[JsonObject], facts: JsonObject
) -> str:
    """Say which of the targets fail, which is worse than the best one, which can't be told."""
    if any(row["given_up"] for row in measured):
        return "; ".join(_one(row, facts) for row in measured)
    if len(measured) > 1:
        return _several(measured, differences, facts)
    return _one(measured[0], facts) if measured else ""


def _one(row: JsonObject, facts: JsonObject) -> str:
    label, judged, wrong = row["label"], row["judged"], failed(row)
    cause, more = cause_words(facts["cause"]), facts["more_cases"]
    if row["given_up"]:
        return _given_up(row)
    match facts["tones"][label]:
        case "bad":
            return f"{label} fails: {share(row, interval=True)}{cause}"
        case "good" if not wrong:
            return (
                f"{label} got all {calls(judged)} right (95% interval from {percent(row['low'])})"
            )
        case "good":
            return f"{label} rarely fails: {share(row, interval=True)}{cause}"
    if row["unjudged"] and more is None:
        return (
            f"What {label} is worth can't be told: {row['unjudged']} of "
            f"{judged + row['unjudged']} answers could not be judged, and {wrong} of the others "
            f"failed{cause}"
        )
    if not wrong:
        return f"{label} got all {calls(judged)} right, but {_too_few(row, more)}"
    return (
        f"Whether {label} fails more than 1 call in 100 can't be told yet: "
        f"{share(row, interval=True)}{cause}{_more(more)}"
    )


def _several(
    measured: Sequence[JsonObject], differences: Sequence[JsonObject], facts: JsonObject
) -> str:
    alike, worse = facts["alike"], facts["worse"]
    among = [d for d in differences if d["better"] in alike and d["worse"] in alike]
    parts = [_alike(alike, facts["best"], among)] if len(alike) > 1 else []
    if worse:
        parts.append(f"{_worse(worse, facts['best'])}{cause_words(facts['cause'])}")
        return "; ".join(parts)
    return f"{parts[0]}{_tie(measured, among, facts)}"


def _alike(labels: Sequence[str], best: str, among: Sequence[JsonObject]) -> str:
    if any(d["apart"] for d in among):
        # The best one can't be told from each of them; they needn't be alike among themselves.
        others = [label for label in labels if label != best]
        return f"{best} can't be told from {names(others, 'or')}"
    return f"{names(labels)} can't be told apart"


def _worse(worse: Sequence[JsonObject], best: str) -> str:
    last = worse[-1]
    if len(worse) > _LISTED:
        return (
            f"{len(worse)} are worse than {best}, {last['label']} most: by "
            f"{points(last['by'])} points {between(last)}"
        )
    first = worse[0]
    said = [
        f"{first['label']} is {points(first['by'])} points worse than {best} {between(first)}",
        *(f"{w['label']} {points(w['by'])} {between(w)}" for w in worse[1:]),
    ]
    return names(said)


def _tie(measured: Sequence[JsonObject], among: Sequence[JsonObject], facts: JsonObject) -> str:
    """Say what is known beside that nobody can be told apart."""
    worst = max(measured, key=lambda row: 1 - row["rate"])
    if not any(failed(row) for row in measured):
        numbers = {row["judged"] for row in measured}
        each = f"all {calls(max(numbers))}" if len(numbers) == 1 else "all calls"
        said = f": {'both' if len(measured) == 2 else 'each'} got {each} right"
        least = min(measured, key=lambda row: row["low"])
        if facts["tone"] == "unsure" and facts["more_cases"]:
            return f"{said}, but {_too_few(least, facts['more_cases'])}"
        if lost := sum(row["unjudged"] for row in measured if facts["tone"] == "unsure"):
            return f"{said}, but {lost} of the answers could not be judged"
        return f"{said} (95% interval from {percent(least['low'])})"
    if facts["tone"] == "bad":
        bad = [row["label"] for row in measured if facts["tones"][row["label"]] == "bad"]
        if len(bad) == 1:
            return f", and {bad[0]} fails: {share(worst)}{cause_words(facts['cause'])}"
        who = names(bad) if len(bad) < len(measured) else "both" if len(bad) == 2 else "all"
        return f", and {who} fail: of {worst['label']}, {share(worst)}{cause_words(facts['cause'])}"
    widest = max(among, key=lambda d: d["difference"])
    if not widest["difference"]:
        return f": {share(worst)} of {worst['label']}{cause_words(facts['cause'])}"
    return (
        f": the difference of {points(widest['difference'])} points may be chance {between(widest)}"
    )


def dimensions(
    measured: Sequence[JsonObject],
    differences: Sequence[JsonObject],
    facts: JsonObject,
) -> str:
    """Say in which dimension targets differ, else over all of them, and where one is weakest."""
    apart = [d for d in differences if d["apart"]]
    worst = weakest(measured)
    said = _dimension(worst, facts["tones"][worst["label"]])
    if len(measured) == 1:
        return said
    if not apart and facts["worse"]:
        return f"{_worse(facts['worse'], facts['best'])} over all dimensions; {said}"
    if not apart:
        who = names([row["label"] for row in measured])
        return f"{who} can't be told apart in any dimension; {said}"
    widest = max(apart, key=lambda d: abs(d["difference"]))
    ahead = widest["difference"] > 0
    one, other = (
        (widest["first"], widest["second"]) if ahead else (widest["second"], widest["first"])
    )
    ends = (widest["low"], widest["high"]) if ahead else (-widest["high"], -widest["low"])
    by = f"{points(abs(widest['difference']))} points {between({'low': ends[0], 'high': ends[1]})}"
    return f"{other} is {by} worse than {one} in {widest['dimension']}; {said}"


def _dimension(row: JsonObject, tone: str) -> str:
    name, entry = _weakest(row)
    if entry["rate"] is None:
        return f"nothing of {row['label']} could be judged"
    found = (
        f"{percent(entry['rate'])} of its scenarios come to a right end (95% interval "
        f"{percent(entry['low'])} – {percent(entry['high'])})"
    )
    if tone == "unsure" and entry["rate"] == 1:
        return (
            f"{row['label']} came to a right end in all scenarios, but they are too few to rely "
            f"on: in {name} up to {percent(1 - entry['low'])} may fail"
        )
    if tone == "good":
        return f"{row['label']} is sound in all it was asked, least in {name}: {found}"
    how = "fails most" if tone == "bad" else "is weakest"
    return f"{row['label']} {how} in {name}: {found}"


def _weakest(row: JsonObject) -> tuple[str, JsonObject]:
    """Return the dimension with the lowest rate; of equal ones that of which least is known."""
    known = {n: e for n, e in row["dimensions"].items() if e["rate"] is not None}
    among = known or row["dimensions"]
    name = min(among, key=lambda one: (among[one]["rate"] or 0, among[one]["low"]))
    return name, among[name]


def weakest(measured: Sequence[JsonObject]) -> JsonObject:
    """Return the target that is worst in its weakest dimension."""
    return min(measured, key=lambda row: _weakest(row)[1]["rate"] or 0)


def _nothing(row: JsonObject) -> str:
    if row["given_up"]:
        return _given_up(row)
    return f"nothing of {row['label']} could be judged"


def _given_up(row: JsonObject) -> str:
    given_up, judged = row["given_up"], row["judged"]
    after = given_up["after"]
    seen = f"{share(row)} before" if judged and failed(row) else ""
    if judged and not seen:
        seen = (
            f"all {calls(judged)} before were right" if judged > 1 else "the call before was right"
        )
    seen = f", {seen}" if seen else ""
    if given_up.get("hung"):
        return f"{row['label']} can't be used: it hung at {after} questions{seen}"
    return (
        f"{row['label']} can't be used: no answer to {after} questions in a row could be judged "
        f"({clip(given_up['reason'], _REASON)}){seen}"
    )


def _too_few(row: JsonObject, more: int | None) -> str:
    told = f"; {more} more cases would tell" if more else ""
    return f"that is too few cases to rely on: up to {percent(1 - row['low'])} may fail{told}"


def _more(more: int | None) -> str:
    return f"; about {more:,} more cases would tell" if more else ""
