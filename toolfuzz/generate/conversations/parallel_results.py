"""Several calls at once, and then one that must carry all their results in the calls' order.

The results may be sent in another order than the calls: ids tell which is whose.
"""

from collections.abc import Sequence

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import ExpectedCall, Turn
from toolfuzz.generate.conversations.base import (
    JOIN,
    joined,
    listed,
    number_the_calls,
    numbered_calls,
    parts_of,
    read_joined,
    read_list,
    rounds,
    spelled,
)
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe
from toolfuzz.generate.prompts import pattern

_PROMPT = (
    "Make these {count} calls in one turn:\n\n{calls}\n\nEach result will hold a part. "
    "Then call {tool} with all the parts, the one of call 1 first."
)


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    calls = numbered_calls(pick, offer, pick.within(2, 4))
    parts = parts_of(pick, len(calls))
    prompt = _PROMPT.format(count=len(calls), calls=listed(calls), tool=spelled(JOIN.name))
    return joined(pick, prompt, calls, parts)


def _read(ask: Ask) -> Sequence[ExpectedCall] | None:
    match = pattern(_PROMPT).fullmatch(ask.prompt)
    if match is None:
        return None
    done = rounds(ask)
    return read_joined(match["tool"], done) if done else read_list(match["calls"])


PROBE = Probe(
    "parallel-results",
    "a later call carries the results of several calls, in the calls' order",
    3,
    _ask,
    prepare=number_the_calls,
    helpers=lambda pick, offer: (JOIN,),
    read=_read,
)
