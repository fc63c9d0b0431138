"""Whether a model was shown the tools: then more of them make a prompt of more tokens."""

from collections.abc import Iterator, Sequence
from itertools import islice
from statistics import StatisticsError, linear_regression

from toolfuzz.analyze.load import Answers, RunData
from toolfuzz.analyze.questions import UNKNOWN
from toolfuzz.core.case import Case
from toolfuzz.generate.size import prompt_bytes, tool_bytes

__all__ = ["never_saw_tools"]

_LEAST, _MOST = 5, 200
"""Prompts that are looked at."""
_TOKENS_PER_BYTE = 0.03
"""Tokenizers make 0.2 to 0.4 tokens of a byte of JSON."""


def never_saw_tools(run: RunData, answered: Answers) -> bool:
    """Whether the tokens that the server counted don't grow with the tools, as where a chat
    template leaves them out.

    Looks at single questions. False where there are too few, or all have tools of one size.
    """
    rows = [
        (tool_bytes(case), prompt_bytes(case), counted)
        for case, counted in islice(_prompts(run, answered), _MOST)
    ]
    if len(rows) < _LEAST:
        return False
    tools, said, tokens = ([float(row[n]) for row in rows] for n in range(3))
    try:
        grows = linear_regression(_besides(tools, said), _besides(tokens, said)).slope
    except StatisticsError:
        return False
    return max(tools) >= 2 * min(tools) and grows < _TOKENS_PER_BYTE


def _prompts(run: RunData, answered: Answers) -> Iterator[tuple[Case, int]]:
    """Give the prompts of single questions with tools, and how many tokens were counted."""
    asked = answered.questions
    for row in answered.rows:
        case, counted = asked.case[row], asked.input[row]
        if counted not in (0, UNKNOWN) and asked.cases.turns[case] == 1 and asked.cases.tools[case]:
            yield run.cases[asked.cases.ids.texts[case]], counted


def _besides(values: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return what of the values doesn't go with the others (Frisch and Waugh, 1933)."""
    fit = linear_regression(others, values)
    return [v - fit.slope * o - fit.intercept for v, o in zip(values, others, strict=True)]
