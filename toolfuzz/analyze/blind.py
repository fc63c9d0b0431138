"""Whether a model was shown the tools: then more of them make a prompt of more tokens."""

from collections.abc import Sequence
from statistics import StatisticsError, linear_regression

from toolfuzz.analyze.load import RunData
from toolfuzz.core.verdict import Verdict
from toolfuzz.generate.size import prompt_bytes, tool_bytes

__all__ = ["never_saw_tools"]

_LEAST, _MOST = 5, 200
"""Prompts that are looked at."""
_TOKENS_PER_BYTE = 0.03
"""Tokenizers make 0.2 to 0.4 tokens of a byte of JSON."""


def never_saw_tools(run: RunData, answered: Sequence[Verdict]) -> bool:
    """Whether the tokens that the server counted don't grow with the tools, as where a chat
    template leaves them out.

    Looks at single questions. False where there are too few, or all have tools of one size.
    """
    rows = [
        (tool_bytes(case), prompt_bytes(case), verdict.metrics.input_tokens)
        for verdict in answered
        if verdict.metrics.input_tokens
        and len((case := run.cases[verdict.case_id]).turns) == 1
        and case.tools
    ][:_MOST]
    if len(rows) < _LEAST:
        return False
    tools, said, tokens = ([float(row[n]) for row in rows] for n in range(3))
    try:
        grows = linear_regression(_besides(tools, said), _besides(tokens, said)).slope
    except StatisticsError:
        return False
    return max(tools) >= 2 * min(tools) and grows < _TOKENS_PER_BYTE


def _besides(values: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return what of the values doesn't go with the others (Frisch and Waugh, 1933)."""
    fit = linear_regression(others, values)
    return [v - fit.slope * o - fit.intercept for v, o in zip(values, others, strict=True)]
