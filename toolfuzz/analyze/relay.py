"""A gateway's trial by causes: differences of one kind are one mistake, wherever they show."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.verdict import Finding, Severity, Verdict

__all__ = ["Cause", "cause_of", "causes_of", "doors_of"]

_WEIGHT = {"error": 0, "warn": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Cause:
    """One mistake of a gateway: ``shown`` are the verdicts in which it shows with its finding.

    ``asked`` counts the judged askings by door (target, streamed), ``of_relay`` says that it is a
    difference between the sides, not something wrong with the wire of one.
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

    def entry(self, accepted: Mapping[str, str]) -> JsonObject:
        """Return it as JSON; ``accepted`` are known causes with their issues."""
        verdict, finding = self.example
        return {
            "cause": self.name,
            "severity": self.severity,
            "accepted": accepted.get(self.name),
            "message": finding.message,
            "given": finding.expected,
            "arrived": finding.actual,
            "case": verdict.case_id,
            "doors": [
                {"target": target, "stream": stream, "shown": shown,
                 "asked": self.asked[target, stream]}
                for (target, stream), shown in self.doors.items()
            ],
        }  # fmt: skip


def cause_of(finding: Finding) -> str:
    """Return the name of the cause to which a finding belongs."""
    return _named(*_key(finding))


def _key(finding: Finding) -> tuple[str, str]:
    return finding.slug, finding.shape if finding.layer == "relay" else ""


def _named(slug: str, kind: str) -> str:
    return f"{slug}:{kind}" if kind else slug


def causes_of(run: RunData) -> list[Cause]:
    """Return the causes of a trial, errors first, then the commonest.

    What fails at one door and is a warning at another (whose format can't say it) is both.
    """
    asked = doors_of(run)
    found: dict[tuple[str, str, Severity], list[tuple[Verdict, Finding]]] = defaultdict(list)
    for verdict in sorted(run.verdicts, key=lambda v: (v.stream, v.target, v.case_id)):
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


def doors_of(run: RunData) -> dict[tuple[str, bool], int]:
    """Return how often was asked at each door."""
    counts: dict[tuple[str, bool], int] = defaultdict(int)
    for verdict in run.verdicts:
        counts[verdict.target, verdict.stream] += 1
    return dict(sorted(counts.items()))
