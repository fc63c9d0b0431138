"""A failure of an engine's parser as a report that its maintainers can use as it is.

Nothing in it is made up: no address, no status, no request. What shows the failure is a script that
was run before it was written down.
"""

import json
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from toolfuzz import __version__
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.codec import case_to_json
from toolfuzz.core.text import day, shell_command
from toolfuzz.engines.invariance import CUT_HEADER
from toolfuzz.evidence.bug import fill, similar_reports, without_homes
from toolfuzz.evidence.details import FailureDetails
from toolfuzz.evidence.engine.looking import ParserEvidence
from toolfuzz.evidence.turns import control, offered
from toolfuzz.judge.defects.parser_hangs import DEFECT as HANGS
from toolfuzz.judge.harm import HARMS, harm_of
from toolfuzz.system.files import write_private

__all__ = ["parser_record", "render_parser", "similar_to", "write_parser_report"]

_STREAMS = {"both": ("--both-streams",), "stream": ("--stream",)}
_MARKS = {"form": ("### Title\n\n", "###")}


def write_parser_report(
    details: FailureDetails,
    evidence: ParserEvidence,
    stem: Path,
    *,
    template: str = "issue",
    similar: Sequence[str] = (),
    since: str = "",
) -> Path:
    """Write STEM.md, STEM.json (the case, and what is known of it) and STEM.py; return the first.

    STEM.py is the script; there is none where none shows the failure. ``similar`` are lines about
    other findings, ``since`` says in a sentence which releases have it.
    """
    stem.parent.mkdir(parents=True, exist_ok=True)
    paths = {end: stem.with_name(f"{stem.name}.{end}") for end in ("md", "json", "py")}
    record = parser_record(details, evidence, since)
    text = render_parser(details, evidence, template, stem.name, similar=similar, since=since)
    write_private(paths["md"], text)
    write_private(paths["json"], json.dumps(record, indent=2) + "\n")
    if evidence.script:
        write_private(paths["py"], evidence.script)
    return paths["md"]


def similar_to(evidence: ParserEvidence, others: Iterable[ParserEvidence]) -> list[str]:
    """Return the titles of the engine's other findings at the same kind of schema."""
    return [
        other.title
        for other in others
        if other is not evidence
        and other.engine == evidence.engine
        and evidence.where
        and other.where == evidence.where
    ]


def parser_record(details: FailureDetails, evidence: ParserEvidence, since: str) -> JsonObject:
    """Return what the report's ``.json`` holds: the case, its ``defect`` and its ``trial``."""
    symptom = details.failure.symptom
    return {
        **case_to_json(details.case),
        "defect": {
            "slug": symptom.slug,
            "shape": symptom.shape,
            "stream": details.exchange.stream,
            "seen_on": details.target.name,
            "seen": {"failed": evidence.failed, "asked": evidence.asked},
            "question": evidence.question,
        },
        "trial": {
            "title": evidence.title,
            "where": evidence.where,
            "modes": evidence.modes,
            "engine": evidence.engine,
            "release": evidence.release,
            "version": evidence.version,
            "parser": evidence.parser,
            "place": evidence.place,
            "harm": harm_of(symptom.slug),
            "since": since,
            "found": _found(details),
            "pieces": evidence.pieces,
            "expected": evidence.expected,
            "got": evidence.got,
            "unshown": evidence.unshown,
        },
    }


def render_parser(
    details: FailureDetails,
    evidence: ParserEvidence,
    template: str,
    stem: str,
    *,
    similar: Sequence[str] = (),
    since: str = "",
) -> str:
    """Return the report as Markdown; ``template`` is ``issue``, ``form`` or a Jinja file's path."""
    mark, under = _MARKS.get(template, ("# ", "##"))
    last = details.exchange.last
    context: dict[str, Any] = {
        "mark": mark,
        "under": under,
        "title": evidence.title,
        "engine": evidence,
        "slug": details.finding.slug,
        "message": _message(details, evidence),
        "effect": f"What comes of it: {HARMS[harm_of(details.finding.slug)]}.",
        "often": _often(evidence, stream=details.exchange.stream),
        "since": since or f"Seen in {evidence.version}.",
        "stream": details.exchange.stream,
        "tools": offered(details.case, details.exchange.turn),
        "pieces": json.dumps(evidence.pieces, ensure_ascii=False),
        "prints": f"expected: {_line(evidence.expected)}\ngot:      {_line(evidence.got)}",
        "cut": last.headers.get(CUT_HEADER),
        "passes": _passes(details, evidence),
        "control": control(details.minimized),
        "unminimized": details.unminimized,
        "similar": list(similar),
        "found": _found(details),
        "replay": _replay(details, stem),
        "environment": [
            ("toolfuzz", __version__),
            ("Python", platform.python_version()),
            ("asked", day(last.started)),
        ],
        "sources": similar_reports(details),
    }
    known = {"issue": "engine", "form": "engine"}
    return without_homes(fill(template, context, known))


def _line(value: Json) -> str:
    return json.dumps(value)


def _message(details: FailureDetails, evidence: ParserEvidence) -> str:
    """Return what is wrong in words: an exception's own, but of what hangs how its time grows."""
    finding = details.finding
    hangs = finding.slug == HANGS.slug
    return evidence.got if isinstance(evidence.got, str) and not hangs else finding.message


def _often(evidence: ParserEvidence, *, stream: bool) -> str:
    """Say how often it comes: a parser has no chance in it."""
    mode, other = ("a stream", "the whole text") if stream else ("the whole text", "a stream")
    if not evidence.asked:
        return f"Seen with {mode}."
    counted = f"{evidence.failed} of {evidence.asked}"
    if evidence.failed < evidence.asked:
        return f"Not always: with {mode} {counted} times; the parser keeps something between calls."
    beside = {True: f"; {other} is read rightly", False: f", and with {other} as well", None: ""}
    return f"Always ({counted}), with {mode}{beside[evidence.other]}."


def _passes(details: FailureDetails, evidence: ParserEvidence) -> str:
    minimized = details.minimized
    if minimized is not None and minimized.neighbour is not None:
        return "The nearest case that passes, asked in the same way:"
    if evidence.other:
        return "The same case, " + ("as a whole text." if details.exchange.stream else "streamed.")
    return ""


def _found(details: FailureDetails) -> str:
    """Return the command that found it."""
    settings = details.settings
    words = ["run", "-m", details.target.name, "--cases", settings.get("cases", 100)]
    words += ["--seed", settings.get("seed", 0), *_STREAMS.get(str(settings.get("stream")), ())]
    for option in ("probe", "feature", "tools"):
        given = settings.get(option if option == "tools" else f"{option}s") or ()
        words += [word for value in given for word in (f"--{option}", value)]
    return _command([*words, *_cuts(details)])


def _replay(details: FailureDetails, stem: str) -> str:
    """Return the command that asks it again."""
    return _command(["replay", f"{stem}.json", "-m", details.target.name, *_cuts(details)])


def _cuts(details: FailureDetails) -> list[str]:
    cuts = details.target.params.get("cuts")
    return ["--cuts", ",".join(map(str, cuts))] if cuts and details.exchange.stream else []


def _command(words: Iterable[object]) -> str:
    """Return a line for a shell; what a run's folder says stays a word of it."""
    return shell_command("toolfuzz", *words)
