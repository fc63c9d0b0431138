"""What a slow server or a small window cost: questions that took too long, or were too long."""

from collections.abc import Sequence

from toolfuzz.analyze.blind import never_saw_tools
from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.nature import Nature
from toolfuzz.core.verdict import Verdict
from toolfuzz.generate.size import input_tokens
from toolfuzz.judge.stages.laws import TIMED_OUT, TOO_LONG

__all__ = ["limits"]


def limits(run: RunData, verdicts: Sequence[Verdict], nature: Nature) -> JsonObject:
    """Return how many of a target's questions met a limit, and what would have kept within it.

    ``timed_out`` questions got no byte, or no further one, in time; ``slowest`` is the longest time
    in seconds of an answer that came. ``too_long`` prompts exceeded the window; ``fits`` are about
    the tokens of the longest prompt that was answered and shorter than all of those. ``blind`` says
    that the tools never reached the model, where one was asked.
    """
    answered = [v for v in verdicts if v.status != "unjudged"]
    too_long = [v for v in verdicts if _begins(v, TOO_LONG)]
    return {
        "timed_out": sum(_begins(v, TIMED_OUT) for v in verdicts),
        "slowest": _slowest(answered),
        "too_long": len(too_long),
        "fits": _fits(run, answered, too_long),
        "blind": nature.over_http and never_saw_tools(run, answered),
    }


def _begins(verdict: Verdict, reason: str) -> bool:
    return verdict.status == "unjudged" and (verdict.reason or "").startswith(reason)


def _slowest(answered: Sequence[Verdict]) -> float | None:
    times = [v.metrics.latency_ms for v in answered if v.metrics.latency_ms is not None]
    return round(max(times) / 1000, 3) if times else None


def _fits(run: RunData, answered: Sequence[Verdict], too_long: Sequence[Verdict]) -> int | None:
    if not too_long:
        return None
    shortest = min(input_tokens(run.cases[v.case_id]) for v in too_long)
    lengths = (input_tokens(run.cases[v.case_id]) for v in answered)
    return max((length for length in lengths if length < shortest), default=None)
