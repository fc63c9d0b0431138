"""What a slow server or a small window cost: questions that took too long, or were too long."""

from collections.abc import Iterator
from math import isnan

from toolfuzz.analyze.blind import never_saw_tools
from toolfuzz.analyze.load import Answers, RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.nature import Nature
from toolfuzz.generate.size import input_tokens
from toolfuzz.judge.stages.laws import TIMED_OUT, TOO_LONG

__all__ = ["limits"]

_MOST = 5000
"""Questions whose prompts are looked at."""


def limits(run: RunData, answers: Answers, nature: Nature) -> JsonObject:
    """Return how many of a target's questions met a limit, and what would have kept within it.

    ``timed_out`` questions got no byte, or no further one, in time; ``slowest`` is the longest time
    in seconds of an answer that came. ``too_long`` prompts exceeded the window; ``fits`` are about
    the tokens of the longest prompt that was answered and shorter than all of those, of very many
    that of some. ``blind`` says that the tools never reached the model, where one was asked.
    """
    answered, unjudged, why = answers.judged, answers.unjudged, answers.questions.why
    too_long = unjudged.where(lambda row: why(row).startswith(TOO_LONG))
    return {
        "timed_out": sum(why(row).startswith(TIMED_OUT) for row in unjudged.rows),
        "slowest": _slowest(answered),
        "too_long": len(too_long),
        "fits": _fits(run, answered, too_long),
        "blind": nature.over_http and never_saw_tools(run, answered),
    }


def _slowest(answered: Answers) -> float | None:
    times = answered.pick(answered.questions.latency)
    slowest = max((time for time in times if not isnan(time)), default=None)
    return None if slowest is None else round(slowest / 1000, 3)


def _fits(run: RunData, answered: Answers, too_long: Answers) -> int | None:
    if not too_long:
        return None
    shortest = min(_lengths(run, too_long))
    return max((length for length in _lengths(run, answered) if length < shortest), default=None)


def _lengths(run: RunData, answers: Answers) -> Iterator[int]:
    """Give about the tokens of prompts: of many evenly over the run, since each must be read."""
    step = -(-len(answers) // _MOST) or 1
    ids = answers.questions.cases.ids.texts
    cases = dict.fromkeys(answers[::step].pick(answers.questions.case))
    return (input_tokens(run.cases[ids[case]]) for case in cases)
