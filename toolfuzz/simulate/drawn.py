"""Replies made of choices: what a turn of a case expects, served in a wire format."""

from copy import deepcopy
from dataclasses import replace

from toolfuzz.core.ask import Ask, ask_of
from toolfuzz.core.case import Case
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.nature import SIMULATOR_LABELS
from toolfuzz.formats import CannotAskError, WireFormat
from toolfuzz.formats.plan import Call
from toolfuzz.formats.writing import encode_body
from toolfuzz.generate.pick import Pick
from toolfuzz.judge.faults import Fault
from toolfuzz.simulate.faults.registry import faults, find
from toolfuzz.simulate.pipeline import Outcome, respond
from toolfuzz.simulate.profiles import Profile, Risk
from toolfuzz.simulate.question import Question

__all__ = ["drawn_reply", "faults_that_fit"]

_MOST_VARIATIONS = 3
_MOST_CUTS = 6
_NO_CALL = "There is nothing to call."


def faults_that_fit(slugs: tuple[str, ...], format: WireFormat, stream: bool) -> tuple[Fault, ...]:
    """Return those of the faults that can occur there; raises UsageError for an unknown one.

    Also raises it where none can.
    """
    fitting = tuple(f for f in map(find, slugs) if f.fits(format.traits, stream) and f.turn == 1)
    if slugs and not fitting:
        mode = "a stream" if stream else "a plain reply"
        raise UsageError(f"{', '.join(slugs)} can't occur in {mode} of {format.name}")
    return fitting


def drawn_reply(
    pick: Pick, case: Case, turn: int, format: WireFormat, stream: bool, wanted: tuple[Fault, ...]
) -> Attempt | None:
    """Serve the calls that the turn expects; None when none of the wanted faults struck.

    How legal variations and faults go about it follows one drawn number, their seed.
    """
    fitting = [f for f in faults().values() if f.legal and f.fits(format.traits, stream)]
    variations = pick.some(fitting, 0, _MOST_VARIATIONS)
    struck = (pick.of(wanted),) if wanted else ()
    profile = Profile("drawn", "", tuple(Risk(f) for f in (*variations, *struck)))
    expected = case.turns[turn].expect.calls

    def meaning(ask: Ask) -> tuple[str, list[Call]]:
        calls = [Call(call.tool, deepcopy(call.arguments)) for call in expected]
        return ("" if calls else _NO_CALL), calls

    outcome = respond(
        _question(case, turn, format, stream), profile, str(pick.below(2**32)), meaning=meaning
    )
    if wanted and not outcome.struck:
        return None
    return _attempt(pick, outcome, format, stream)


def _question(case: Case, turn: int, format: WireFormat, stream: bool) -> Question:
    ask = ask_of(case, turn, model="drawn", stream=stream)
    try:
        body = format.request(ask).body
    except CannotAskError:  # the reply is all that counts here
        tools = tuple(replace(tool, declared=True) for tool in ask.tools)
        plainer = replace(ask, tools=tools, tool_choice="auto", parallel=None, allowed=())
        body = format.request(plainer).body
    return Question(format, ask, body, len(encode_body(body)))


def _attempt(pick: Pick, outcome: Outcome, format: WireFormat, stream: bool) -> Attempt:
    refusal = outcome.reply.refusal
    headers = SIMULATOR_LABELS | {"content-type": "application/json"}
    if refusal:
        headers |= format.serving.error_headers(refusal)
    if stream and not refusal:
        body = b"".join(format.framing.join(outcome.wire.events))
        headers["content-type"] = format.framing.content_type
    else:
        body = encode_body(outcome.wire.body)
    cuts = sorted(pick.several(lambda part: part.below(len(body)), 0, _MOST_CUTS))
    ends = zip([0, *cuts], [*cuts, len(body)], strict=True)
    chunks = tuple((0.0, body[start:end]) for start, end in ends if start < end)
    return Attempt(0.0, 0.0, 0.0, refusal.status if refusal else 200, headers, chunks)
