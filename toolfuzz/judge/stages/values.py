"""Values: the argument strings, and the values in them."""

from toolfuzz.judge.arguments import read
from toolfuzz.judge.call import judge_arguments, judge_text
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
        right = pair.right and not document.facts
        one = MatchedCall(pair.index, pair.call, pair.tool, pair.expected, document, right)
        facts.findings += judge_text(document, pair.index)
        if document.value is not None:
            facts.findings += judge_arguments(one, facts)
        facts.matched.append(one)
