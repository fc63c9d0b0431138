"""One row a verdict, for the formats that are tables."""

from collections.abc import Iterator
from typing import Any

from toolfuzz.analyze.load import RunData, causes
from toolfuzz.core.text import printable
from toolfuzz.core.verdict import Verdict

__all__ = ["COLUMNS", "rows"]

COLUMNS: dict[str, type] = {
    "target": str,
    "model": str,
    "format": str,
    "kind": str,
    "nature": str,
    "simulated": bool,
    "given_up": bool,
    "case_id": str,
    "cluster": str,
    "origin": str,
    "probe": str,
    "features": list,
    "tools": list,
    "repeat": int,
    "stream": bool,
    "status": str,
    "reason": str,
    "defects": list,
    "latency_ms": float,
    "first_byte_ms": float,
    "attempts": int,
    "input_tokens": int,
    "output_tokens": int,
    "called": bool,
    "schema_valid": bool,
    "checks": int,
    "checks_failed": int,
    "dimension": str,
    "level": int,
    "pair": str,
    "twin": bool,
    "dimension_status": str,
    "rounds": int,
    "calls": int,
    "interventions": int,
}
"""The names of the columns and what they hold; a list is one of strings. Any may be None."""

_MOST = 2**63 - 1


def rows(run: RunData) -> Iterator[dict[str, Any]]:
    """Return the verdicts as flat rows.

    Text from outside is made printable: tables are opened in terminals and spreadsheets.
    """
    targets = {target.name: target for target in run.started.targets}
    natures = {name: run.nature(name) for name in targets}
    for verdict in run.verdicts.light():
        target, case = targets[verdict.target], run.drawn(verdict.case_id)
        nature = natures[verdict.target]
        known = {
            "target": target.name,
            "model": target.model,
            "format": target.format,
            "kind": target.kind,
            "nature": nature.label or "real",
            "simulated": nature.simulated,
            "given_up": target.name in run.given_up,
            "cluster": run.cluster(verdict),
            "origin": case.origin,
            "probe": case.probe,
            "features": list(case.features),
            "tools": list(verdict.tools or case.called),
            "defects": sorted({f.slug for f in causes(verdict)}),
            **_of_scenario(verdict),
        }
        yield {name: _safe(_value(name, known, verdict)) for name in COLUMNS}


def _of_scenario(verdict: Verdict) -> dict[str, Any]:
    """Return the columns of a scenario; its checks are those of its goal and rules."""
    one = verdict.scenario
    names = ("dimension", "level", "pair", "twin", "rounds", "calls", "interventions")
    if one is None:
        return dict.fromkeys((*names, "dimension_status"))
    checks = {"checks": one.checks, "checks_failed": one.checks_failed}
    return {**{n: getattr(one, n) for n in names}, "dimension_status": one.status, **checks}


def _value(name: str, known: dict[str, Any], verdict: Verdict) -> Any:
    if name in known:
        return known[name]
    return getattr(verdict, name) if hasattr(verdict, name) else getattr(verdict.metrics, name)


def _safe(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case list():
            return [printable(item) for item in value]
        case int() if abs(value) >= _MOST:
            # A server may say any number of tokens; columns hold 64 bits, and this for more.
            return None
        case _:
            return value
