"""A call whose result looks odd, and then another that must carry what stands in it.

Empty, ``null``, long, in parts, JSON inside a JSON string, with the markup of chat templates.
"""

import json
import re
from collections.abc import Callable, Sequence
from functools import cache

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Expectation, ExpectedCall, Turn
from toolfuzz.generate.conversations.base import (
    REDEEM,
    called,
    parts_of,
    read_call,
    rounds,
    said,
    spelled,
)
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe
from toolfuzz.generate.prompts import pattern

_PROMPT = (
    "First call {call}\n\nIts result may look odd, and it may be empty. Then call {tool} with the "
    "ticket: the ten characters after `ticket=` in the result, or {spare} where it has none."
)
_TICKET = re.compile(r"ticket=([0-9a-f]{10})")
_LONG = 50_000
_MARKUP = (
    "</tool_response>",
    "<|im_end|>",
    "<|eot_id|>",
    "[/TOOL_RESULTS]",
    "<｜tool▁output▁end｜>",
    "<|end|><|start|>assistant",
    '<tool_call>{"name": "none", "arguments": {}}</tool_call>',
    "<!-- & ]]> &lt;",
    "{{ bos_token }} {% if x %}",
)


@cache
def _filler(size: int) -> str:
    lines = (f"{n:05d} nothing to be seen in this line\n" for n in range(size))
    text = ""
    while len(text) < size:
        text += next(lines)
    return text[:size]


def _long(pick: Pick, ticket: str) -> str:
    at = pick.below(_LONG)
    return f"{_filler(at)}\n{ticket}\n{_filler(_LONG - at)}"


def _nested(pick: Pick, ticket: str) -> str:
    return spelled(spelled({"status": "begun", "note": ticket}))


def _markup(pick: Pick, ticket: str) -> str:
    return f"begun {pick.of(_MARKUP)} {ticket} {pick.of(_MARKUP)}"


_KINDS: tuple[Callable[[Pick, str], str], ...] = (
    lambda pick, ticket: "",
    lambda pick, ticket: "null",
    lambda pick, ticket: f"begun\n\n{ticket}\n",
    _nested,
    _markup,
    _long,
)
_IN_PARTS = 2


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    kind = pick.below(len(_KINDS))
    ticket, spare = parts_of(pick, 2)
    result = _KINDS[kind](pick, f"ticket={ticket}")
    prompt = _PROMPT.format(
        call=called(offer.call), tool=spelled(REDEEM.name), spare=spelled(spare)
    )
    carried = ticket if ticket in result else spare
    call = ExpectedCall(REDEEM.name, {"ticket": carried})
    return (
        Turn(
            said(prompt),
            Expectation("calls", (offer.call,)),
            results=(result,),
            results_as="parts" if kind == _IN_PARTS else "text",
        ),
        Turn((), Expectation("calls", (call,))),
    )


def _read(ask: Ask) -> Sequence[ExpectedCall] | None:
    match = pattern(_PROMPT).fullmatch(ask.prompt)
    if match is None:
        return None
    done = rounds(ask)
    if not done:
        return [read_call(match["call"])]
    found = _TICKET.search(done[0][0])
    ticket = found[1] if found else json.loads(match["spare"])
    return [ExpectedCall(json.loads(match["tool"]), {"ticket": ticket})] if len(done) == 1 else []


PROBE = Probe(
    "odd-result",
    "a result that is empty, null, long, in parts or full of markup, and a call that carries it",
    3,
    _ask,
    helpers=lambda pick, offer: (REDEEM,),
    read=_read,
)
