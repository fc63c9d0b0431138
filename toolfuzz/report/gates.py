"""The gates of a run or a check, for reports that CI reads: they must agree with the exit code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from toolfuzz.core.case import JsonObject

__all__ = ["Gate", "gate_failed", "gates_of"]

Result = Literal["passed", "failed", "open", "left"]

_RESULTS: dict[str | None, Result] = {
    "PASS": "passed", "ACCEPT": "passed", "FAIL": "failed", "REJECT": "failed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate on one target.

    ``result`` is "open" where nothing was decided, which fails a job, and "left" where that doesn't
    matter: another gate decided, or ``--inconclusive pass`` was given.
    """

    target: str
    name: str
    result: Result
    words: str


def gates_of(summary: JsonObject) -> list[Gate]:
    """Return all gates of a summary: those of ``--fail-under``, or a check's questions."""
    found = [
        Gate(g["target"], g["name"], _result(g["outcome"], g["settled"]), g["reason"])
        for g in summary.get("gates", ())
    ]
    return [*found, *_of_check(summary["check"])] if "check" in summary else found


def gate_failed(summary: JsonObject, target: str) -> bool:
    """Whether a gate on this target failed."""
    return any(g.result == "failed" for g in gates_of(summary) if g.target == target)


def _of_check(check: JsonObject) -> Iterator[Gate]:
    outcome, candidate = check["outcome"], check["candidate"]
    settled = check.get("settled", outcome)
    if outcome is None or not (check.get("rate") and check.get("defects")):
        yield Gate(candidate, "check", _result(outcome, settled), check["reason"])
        return
    for key, name in (("rate", f"as good as {check['baseline']}"), ("defects", "no new defect")):
        said, words = check[key]["answer"], check[key]["words"]
        result: Result = "passed" if said == "no" else "failed"
        if said == "open":
            result = "left" if outcome == "FAIL" else _result(outcome, settled)
        yield Gate(candidate, f"check: {name}", result, words)


def _result(outcome: str | None, settled: str | None) -> Result:
    """``settled`` is what ``--inconclusive`` made of the outcome."""
    result = _RESULTS.get(settled, "open")
    return "left" if result == "passed" and outcome != settled else result
