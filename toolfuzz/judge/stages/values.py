"""Values: the argument strings, and the values in them."""

from dataclasses import replace

from toolfuzz.judge.arguments import read
from toolfuzz.judge.call import judge_arguments
from toolfuzz.judge.facts import Facts, MatchedCall

__all__ = ["advance"]


def advance(facts: Facts) -> None:
    """Read and judge the arguments of every call that was not blamed as a whole."""
    asked = len(facts.turn.expect.calls)
    for pair in facts.pairs:
        if not pair.judged:
            continue
        document = read(
            pair.call, pair.tool, pair.expected, reply=facts.reply, expected_calls=asked
        )
        one = MatchedCall(pair.index, pair.call, pair.tool, pair.expected, document)
        found = list(document.findings)
        if document.value is not None:
            found += judge_arguments(one, facts)
        facts.findings += [f if f.call is not None else replace(f, call=pair.index) for f in found]
        facts.matched.append(one)
