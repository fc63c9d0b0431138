"""A gateway's trial by causes: differences of one kind are one mistake, wherever they show."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.exchange import Target
from toolfuzz.core.text import clip, file_name
from toolfuzz.core.verdict import Finding, Severity, Verdict
from toolfuzz.judge.relay.words import told

__all__ = ["CONTRADICTED", "Cause", "cause_of", "causes_of", "report_file", "trial_figures"]

CONTRADICTED = "both sides agree, yet the judge blames the reply (please report it): "
"""How the reason begins for which a reply isn't judged that is right as far as it was relayed."""

_WEIGHT = {"error": 0, "warn": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Cause:
    """One mistake of a gateway: ``shown`` are the verdicts in which it shows with its finding.

    ``kind`` is "" for what is wrong with the gateway's own wire. ``asked`` counts the judged
    askings by door (target, streamed).
    """

    slug: str
    kind: str
    severity: Severity
    shown: tuple[tuple[Verdict, Finding], ...]
    asked: Mapping[tuple[str, bool], int]

    @property
    def name(self) -> str:
        """What it is called in a list of accepted causes."""
        return _named(self.slug, self.kind)

    def shows(self, finding: Finding) -> bool:
        """Whether a finding is of this cause."""
        return (*_key(finding), finding.severity) == (self.slug, self.kind, self.severity)

    @property
    def example(self) -> tuple[Verdict, Finding]:
        """The first place where it shows."""
        return self.shown[0]

    @property
    def doors(self) -> dict[tuple[str, bool], int]:
        """How often it shows, by door."""
        counts: dict[tuple[str, bool], int] = defaultdict(int)
        for verdict, _ in self.shown:
            counts[verdict.target, verdict.stream] += 1
        return dict(sorted(counts.items()))


def cause_of(finding: Finding) -> str:
    """Return the name of the cause to which a finding belongs."""
    return _named(*_key(finding))


def _key(finding: Finding) -> tuple[str, str]:
    return finding.slug, finding.shape if finding.layer == "relay" else ""


def _named(slug: str, kind: str) -> str:
    return f"{slug}:{kind}" if kind else slug


def report_file(cause: str) -> str:
    """Return where, in the run's folder, the report of a cause stands."""
    return f"reports/{file_name(cause)}.md"


def causes_of(run: RunData) -> list[Cause]:
    """Return the causes of a trial, errors first, then the commonest.

    What fails at one door and is a warning at another (whose format can't say it) is both.
    """
    asked: dict[tuple[str, bool], int] = defaultdict(int)
    found: dict[tuple[str, str, Severity], list[tuple[Verdict, Finding]]] = defaultdict(list)
    for verdict in sorted(run.verdicts, key=lambda v: (v.stream, v.target, v.case_id)):
        asked[verdict.target, verdict.stream] += verdict.status != "unjudged"
        seen: set[tuple[str, str, Severity]] = set()
        for finding in verdict.findings:
            key = (*_key(finding), finding.severity)
            if key not in seen and finding.severity != "info":
                seen.add(key)
                found[key].append((verdict, finding))
    causes = [
        Cause(slug, kind, severity, tuple(shown), asked)
        for (slug, kind, severity), shown in found.items()
    ]
    return sorted(causes, key=lambda c: (_WEIGHT[c.severity], -len(c.shown), c.name))


def trial_figures(run: RunData) -> JsonObject:
    """Return what the summary of a gateway's trial holds besides.

    ``paths`` are its front doors with their upstreams, plain and streamed; each of the ``causes``
    says in ``shown`` how often it shows on each of them. ``accepted`` is a known cause's issue (""
    without one), None of a new one.
    """
    settings = _object(run.started.settings["trial"])
    accepted = _object(settings.get("accepted"))
    asked = [(target, stream) for target in run.started.targets for stream in (False, True)]
    paths = [_path(run, target, stream) for target, stream in asked]
    causes = [
        _entry(cause, [(target.name, stream) for target, stream in asked], accepted)
        for cause in causes_of(run)
    ]
    reasons = [verdict.reason or "" for verdict in run.verdicts.unjudged]
    return {
        "subject": str(settings.get("subject", "")),
        "paths": paths,
        "causes": causes,
        "contradicted": sum(reason.startswith(CONTRADICTED) for reason in reasons),
    }


def _object(value: Json) -> JsonObject:
    """Return an object of a journal, that may be anybody's."""
    return value if isinstance(value, dict) else {}


def _path(run: RunData, target: Target, stream: bool) -> JsonObject:
    verdicts = [v for v in run.of(target.name).light() if v.stream == stream]
    upstream = [format for format, _ in run.upstream.get(target.name, Counter()).most_common()]
    return {
        "target": target.name,
        "front": target.format,
        "model": target.model,
        "upstream": " or ".join(upstream),
        "stream": stream,
        "judged": sum(v.status != "unjudged" for v in verdicts),
        "passed": sum(v.status == "pass" for v in verdicts),
        "unjudged": sum(v.status == "unjudged" for v in verdicts),
    }


def _entry(cause: Cause, paths: list[tuple[str, bool]], accepted: Mapping[str, str]) -> JsonObject:
    verdict, finding = cause.example
    return {
        "cause": cause.name,
        "severity": cause.severity,
        "accepted": accepted.get(cause.name),
        "title": told(finding),
        "message": finding.message,
        "given": clip(finding.expected),
        "arrived": clip(finding.actual),
        "case": verdict.case_id,
        "shown": [cause.doors.get(path, 0) for path in paths],
    }
