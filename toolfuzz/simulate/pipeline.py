"""The honest pipeline and where the faults get in.

request → plan → values → native text → raw → message → pieces → wire. Each stage first does its
honest work, then the profile's faults of that stage are rolled.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from typing import Any

from toolfuzz.core.ask import Ask
from toolfuzz.formats.plan import Call, Piece, ReplyPlan, Wire
from toolfuzz.judge.faults import FaultStage, Roll
from toolfuzz.simulate.brain import answer
from toolfuzz.simulate.chunker import pieces
from toolfuzz.simulate.faults.registry import where
from toolfuzz.simulate.native import native_text
from toolfuzz.simulate.profiles import Profile
from toolfuzz.simulate.question import Question

__all__ = ["Meaning", "Outcome", "respond"]

_NOTHING = "this reply has nothing that it could change"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What goes back: the reply (perhaps a refusal), its encoding, and the faults that struck.

    ``missed`` are those that were asked for by name and could not strike, each with the reason.
    """

    reply: ReplyPlan
    wire: Wire
    struck: tuple[str, ...]
    missed: tuple[tuple[str, str], ...] = ()


class _Faults:
    """A profile's faults, each with its own random numbers, so that they stay independent."""

    def __init__(self, profile: Profile, question: Question, seed: str) -> None:
        self.struck: list[str] = []
        self.missed: list[tuple[str, str]] = []
        self._asked_for = profile.is_asked_for
        self._risks = profile.risks
        self._format = question.format
        self._ask = question.ask
        self._seed = seed

    def strike(self, stage: FaultStage, reply: ReplyPlan, *target: Any) -> None:
        for risk in self._risks:
            fault = risk.fault
            if fault.stage != stage or not fault.fits(self._format.traits, self._ask.stream):
                continue
            if not risk.trigger.asks(self._ask):
                continue
            seed = self._opening() if fault.lasting else self._seed
            rng = Random(f"{seed}/{fault.slug}")
            if rng.random() >= risk.p:
                continue
            roll = Roll(rng, risk.trigger, self._format, native_text)
            changed = fault.apply(reply, *target, roll)
            if fault.legal:
                continue
            if changed:
                self.struck.append(fault.slug)
            else:
                self.missed.append((fault.slug, _NOTHING))

    def outcome(self, reply: ReplyPlan, wire: Wire) -> Outcome:
        """Return what goes back, and which faults have no place in such a reply at all."""
        if not self._asked_for:
            return Outcome(reply, wire, tuple(self.struck))
        elsewhere = (
            (risk.fault.slug, f"it can occur only in {where(risk.fault)}")
            for risk in self._risks
            if not risk.fault.legal
            and risk.trigger.asks(self._ask)
            and not risk.fault.fits(self._format.traits, self._ask.stream)
        )
        return Outcome(reply, wire, tuple(self.struck), (*elsewhere, *self.missed))

    def _opening(self) -> str:
        """What the user said first: the same in every request of a conversation."""
        said = self._ask.messages
        return next((message.content for message in said if message.role == "user"), "")


Meaning = Callable[[Ask], tuple[str, list[Call]]]
"""A question to the text and the calls that answer it."""


def respond(
    question: Question, profile: Profile, seed: str, *, meaning: Meaning = answer
) -> Outcome:
    """Answer a request. The same (request, profile, seed, meaning) gives the same outcome."""
    faults = _Faults(profile, question, seed)
    digest = blake2b(seed.encode(), digest_size=12).hexdigest()
    ask, traits = question.ask, question.format.traits
    reply = ReplyPlan(ask, f"sim-{digest[:16]}", question.body)
    reply.input_tokens = max(1, question.size // 4)
    faults.strike("request", reply)
    if reply.refusal:
        return _outcome(question, reply, faults)
    reply.text, reply.calls = meaning(ask)
    faults.strike("plan", reply)
    faults.strike("values", reply)
    faults.strike("native", reply)
    for n, call in enumerate(reply.calls):
        if call.raw is None:
            call.raw = json.dumps(call.arguments, ensure_ascii=False, separators=(",", ":"))
        call.id = f"{traits.id_prefix}{digest[:20]}{n:02d}"
    faults.strike("raw", reply)
    _finish(reply)
    faults.strike("message", reply)
    return _outcome(question, reply, faults)


def _finish(reply: ReplyPlan) -> None:
    """Count tokens, cut at max_tokens as a model is cut, and say how the reply ended."""
    reply.finish = "tool_calls" if reply.calls else "stop"
    limit = reply.ask.max_tokens
    spent = _tokens(reply.reasoning) + _tokens(reply.text)
    if limit is not None and spent > limit:
        reply.text, reply.calls, reply.finish = reply.text[: limit * 4], [], "length"
        spent = limit
    for n, call in enumerate(reply.calls):
        cost = _tokens(call.raw) + _tokens(call.name)
        if limit is not None and spent + cost > limit:
            rest = (limit - spent - _tokens(call.name)) * 4
            del reply.calls[n + (rest > 0) :]
            if rest > 0 and isinstance(call.raw, str):
                call.raw = call.raw[:rest]
            reply.finish, spent = "length", limit
            break
        spent += cost
    reply.output_tokens = max(1, spent)


def _tokens(text: Any) -> int:
    """About one token for four bytes."""
    return (len(text) + 3) // 4 if isinstance(text, str) else 1


def _outcome(question: Question, reply: ReplyPlan, faults: _Faults) -> Outcome:
    format = question.format
    if reply.refusal:
        return faults.outcome(reply, Wire(format.serving.error(reply.refusal)))
    if reply.ask.stream:
        steps: list[Piece] = pieces(reply)
        faults.strike("pieces", reply, steps)
        wire = format.serve(reply, steps)
    else:
        wire = format.serve(reply)
    faults.strike("wire", reply, wire)
    return faults.outcome(reply, wire)
