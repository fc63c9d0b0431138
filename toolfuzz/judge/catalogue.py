"""The catalogue of defects (``defects.toml``) and findings that take their weight from it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.core.verdict import Finding, Layer, Severity

__all__ = ["Defect", "defect", "defects", "finding"]


@dataclass(frozen=True, slots=True)
class Defect:
    """One documented defect.

    ``group`` is a letter (A argument string, B value types, C string content, D schema, E call
    structure, F streaming, G protocol, H several turns). ``usual`` says who usually causes it.
    ``sources`` are public issues (``owner/repo#number``). ``indistinguishable`` says what the
    bytes can't tell apart; ``pairs`` are slugs that the same bytes may rightly get instead or
    beside. ``scope`` is ``multi-turn`` when a single exchange can't show the defect.
    """

    slug: str
    group: str
    title: str
    severity: Severity
    layer: Layer
    usual: str
    help: str
    example: str = ""
    sources: tuple[str, ...] = ()
    indistinguishable: str = ""
    pairs: tuple[str, ...] = ()
    scope: str = "exchange"


@cache
def defects() -> dict[str, Defect]:
    """Return all defects by slug, sorted by group and then in the file's order."""
    text = (files("toolfuzz.judge") / "defects.toml").read_text(encoding="utf-8")
    entries = [
        Defect(
            slug=slug,
            sources=tuple(entry.pop("sources", ())),
            pairs=tuple(entry.pop("pairs", ())),
            **entry,
        )
        for slug, entry in tomllib.loads(text).items()
    ]
    return {entry.slug: entry for entry in sorted(entries, key=lambda e: e.group)}


def defect(slug: str) -> Defect:
    """Return one entry; raises UsageError that names the nearest slugs."""
    known = defects()
    if slug not in known:
        hint = did_you_mean(slug, known) or "toolfuzz list defects shows them all"
        raise UsageError(f"unknown defect {slug!r}", hint)
    return known[slug]


def finding(slug: str, message: str, **fields: Any) -> Finding:
    """Build a finding with the catalogue's severity and layer, unless ``fields`` say otherwise."""
    entry = defects()[slug]
    return Finding(
        **{
            "slug": slug,
            "severity": entry.severity,
            "layer": entry.layer,
            "message": message,
            **fields,
        }
    )
