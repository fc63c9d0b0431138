"""Reports of a gateway's mistakes, to be pasted: both sides of the smallest case, and how to see it
again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from toolfuzz import __version__
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.relay import Cause, cause_of, report_file
from toolfuzz.core.case import Case, Json, JsonObject
from toolfuzz.core.codec import case_to_json
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.text import clip, day, pretty, printable
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.evidence.bug import page, without_homes
from toolfuzz.evidence.difference import MOST_LINES, difference
from toolfuzz.evidence.excerpt import MARKS, excerpt
from toolfuzz.evidence.relay.gathered import Evidence, gathered
from toolfuzz.evidence.relay.reproduction import reproduction
from toolfuzz.evidence.turns import expected, offered
from toolfuzz.formats import wire_format
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.relay.words import in_reply, told
from toolfuzz.runs.derived import write_json
from toolfuzz.system.files import write_private

__all__ = ["title", "write_reports"]

_MOST = 8000


def write_reports(folder: Path, run: RunData, causes: Sequence[Cause]) -> None:
    """Write a report (see ``report_file``) and a case file for each cause that fails."""
    for evidence in gathered(folder, run, causes):
        path = folder / report_file(evidence.cause.name)
        case = path.with_suffix(".json")
        path.parent.mkdir(exist_ok=True)
        write_json(case, _case_file(evidence))
        write_private(path, without_homes(page("relay", _context(evidence, run, case.name))))


def _case_file(evidence: Evidence) -> JsonObject:
    finding = evidence.finding
    return {
        **case_to_json(replace(evidence.case, features=())),
        "defect": {
            "slug": finding.slug,
            "shape": finding.shape,
            "stream": evidence.verdict.stream,
            "seen_on": evidence.verdict.target,
        },
    }


def title(subject: str, evidence: Evidence) -> str:
    """Say in one line what the gateway does, and on which way through it."""
    route = f"{evidence.front} → {evidence.upstream}"
    modes = {stream for _, stream in evidence.cause.doors}
    mode = "" if len(modes) > 1 else ", streamed" if modes == {True} else ", not streamed"
    return printable(f"{subject}: {told(evidence.finding)} ({route}{mode})")


def _context(evidence: Evidence, run: RunData, case_file: str) -> JsonObject:
    verdict, finding, sides = evidence.verdict, evidence.finding, evidence.sides
    trial = run.started.settings["trial"]
    entry = defects().get(finding.slug)
    case, turn = evidence.case, finding.turn
    messages = list(_messages(evidence))
    if finding.layer != "relay":
        way = messages[3:]
    else:
        way = messages[2:] if in_reply(finding) else messages[:2]
    return {
        "title": title(trial["subject"], evidence),
        "version": __version__,
        "date": day(sides.client.last.started),
        "cause": evidence.cause.name,
        "summary": entry.title if entry else finding.slug,
        "where": finding.message,
        "difference": _difference(finding.expected, finding.actual),
        "route": f"{verdict.target} → {evidence.upstream}",
        "stream": verdict.stream,
        "in_reply": in_reply(finding),
        "marks": MARKS,
        "messages": messages,
        "shown": way,
        "minimal": evidence.minimal,
        "how": ", ".join(_how(case, turn)),
        "tools": offered(case, turn),
        "expected": expected(case.at(turn)),
        "nearest": evidence.nearest and _changed(case, evidence.nearest),
        "besides": evidence.minimal.besides if evidence.minimal else (),
        "doors": _doors(evidence),
        "counts": _counts(evidence.cause),
        "case_file": case_file,
        "case": pretty(_case_file(evidence)),
        **reproduction(trial, _target(run, verdict), sides.client, case_file),
    }


def _how(case: Case, number: int) -> Iterator[str]:
    """Yield what matters of a question beside its tools."""
    turn = case.at(number)
    if number:
        yield f"in turn {number + 1}, after the calls and results before it"
    if turn.tool_choice != "auto":
        yield f"with tool_choice {turn.tool_choice}"
    if turn.allowed:
        yield f"where only {' and '.join(turn.allowed)} may be called"
    if turn.parallel is not None:
        yield f"with parallel calls {'allowed' if turn.parallel else 'forbidden'}"


def _target(run: RunData, verdict: Verdict) -> Any:
    return next(t for t in run.started.targets if t.name == verdict.target)


def _messages(evidence: Evidence) -> Iterator[JsonObject]:
    """Yield the four messages of the turn; upstream's are missing where it wasn't asked."""
    sides, finding = evidence.sides, evidence.finding
    given, arrived = replace(finding, actual=finding.expected), finding
    yield _message(1, "The client sent", pretty(sides.client.request), given)
    if sides.upstream:
        *_, last = sides.upstream
        other = last.exchange
        times = f"asked {len(sides.upstream)} times" if len(sides.upstream) > 1 else ""
        yield _message(2, "Upstream received", pretty(other.request), arrived, times)
        yield _message(3, "Upstream answered", *_reply(other.last, last.format, given))
    else:
        yield _message(2, "Upstream received", "nothing: the gateway asked nobody", arrived)
    yield _message(4, "The client got", *_reply(sides.client.last, evidence.front, arrived))


def _message(number: int, what: str, text: str, finding: Finding, note: str = "") -> JsonObject:
    gone = finding.layer == "relay" and finding.actual is None and "null" not in finding.shape
    return {
        "number": number,
        "title": what,
        "note": note,
        "excerpt": None if gone else excerpt(text, finding),
        "whole": text if len(text) <= _MOST else f"{text[:_MOST]}\n… {len(text):,} characters",
    }


def _reply(attempt: Attempt, format: str, finding: Finding) -> tuple[str, Finding, str]:
    broke = f", {attempt.error}" if attempt.error else ""
    return wire_format(format).show(attempt.body), finding, f"status {attempt.status}{broke}"


def _doors(evidence: Evidence) -> dict[str, list[str]]:
    """Return what became of the minimal case, with the doors at which it did."""
    found: dict[str, list[str]] = {}
    for verdict in evidence.again:
        mode = "streamed" if verdict.stream else "not streamed"
        words = _words(verdict, evidence.cause)
        found.setdefault(words, []).append(f"{verdict.target} ({mode})")
    return found


def _words(verdict: Verdict, cause: Cause) -> str:
    """Say what became of the minimal case at a door."""
    names = dict.fromkeys(cause_of(f) for f in verdict.findings if f.severity == "error")
    if cause.name in names:
        return "shows it"
    if verdict.status == "unjudged":
        return verdict.reason or "not judged"
    return f"fails otherwise: {', '.join(names)}" if names else "passes"


def _counts(cause: Cause) -> str:
    return "; ".join(
        f"{shown} of {cause.asked[target, stream]} askings at {target}, "
        f"{'streamed' if stream else 'not streamed'}"
        for (target, stream), shown in cause.doors.items()
    )


def _difference(given: Json, arrived: Json) -> str:
    """Return both values as the body of a diff."""
    if given is None and arrived is None:
        return ""
    lines = difference(_lines(given), _lines(arrived))
    return "\n".join(clip(line, 300) for line in lines[:MOST_LINES])


def _lines(value: Json) -> list[str]:
    if value is None:
        return []
    return value.split("\n") if isinstance(value, str) else pretty(value).split("\n")


def _changed(case: Case, other: Case) -> str:
    """Return how a case differs from another one, as the body of a diff."""
    one, two = _asked(case), _asked(other)
    if one == two:
        one, two = case_to_json(case), case_to_json(other)
    return "\n".join(difference(pretty(one).split("\n"), pretty(two).split("\n")))


def _asked(case: Case) -> JsonObject:
    """Return what matters of a case beside the words in which it is asked."""
    data = case_to_json(case)
    turns = [{k: v for k, v in turn.items() if k != "messages"} for turn in data["turns"]]
    return {"tools": data["tools"], "turns": turns}
