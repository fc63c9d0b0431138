"""Causes: of several findings with one cause, the first."""

from collections.abc import Sequence

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.facts import Facts

__all__ = ["advance", "first"]


def advance(facts: Facts) -> None:
    """Leave out what is explained, before the reply is held against others."""
    facts.findings = first(facts.findings)


def first(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what another finding explains. A note (info) explains nothing."""
    known = defects()
    explained = {
        slug
        for found in findings
        if found.severity != "info"
        for slug in known[found.slug].explains
    }
    return [f for f in findings if f.slug not in explained] if explained else list(findings)
