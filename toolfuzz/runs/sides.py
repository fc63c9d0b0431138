"""The two sides of a trial: what a gateway did to a question, and the verdict that follows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import httpx
from msgspec import structs

from toolfuzz.analyze.relay import CONTRADICTED
from toolfuzz.core.case import Case
from toolfuzz.core.reply import Reply
from toolfuzz.core.talk import Talk
from toolfuzz.core.verdict import Finding, Layer, Status
from toolfuzz.formats import wire_format
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.judge.relay.difference import Difference
from toolfuzz.judge.relay.limits import limits_of, said_in
from toolfuzz.judge.relay.names import calls_named, new_names
from toolfuzz.judge.relay.refusals import not_forwarded, refused_upstream
from toolfuzz.judge.relay.replies import reply_changes
from toolfuzz.judge.relay.requests import request_changes
from toolfuzz.judge.relay.tearing import torn
from toolfuzz.simulate.scripted import Asked, tag

__all__ = ["compared", "tagged", "verdict_of"]

_CONTENT = ("arguments", "schema", "values")
"""Layers of what is said; of how it is said the gateway's own wire is judged."""

_REFUSED = (
    "relay-ref-dangling",
    "relay-history-changed",
    "relay-result-changed",
    "relay-tool-choice",
)
"""What upstream refuses a request for."""
_EXPLAIN = ("relay-refused-upstream", "relay-not-forwarded", "relay-ref-dangling",
            "relay-stream-torn")  # fmt: skip
"""From these all that is wrong with the reply follows."""


def tagged(case: Case, name: str) -> Case:
    """Return the case with a tag in its first prompt, by which the upstream knows it."""
    first, *rest = case.turns
    *before, last = first.messages
    said = replace(last, content=f"{last.content}\n\n{tag(name)}")
    return replace(case, turns=(replace(first, messages=(*before, said)), *rest))


def compared(
    talk: Talk, judgement: Judgement, asked: Sequence[Asked], model: str, *, stream: bool
) -> list[Difference]:
    """Compare the client's side of a turn with what reached the upstream and came of it."""
    came = judgement.reply
    if came.status is None:
        return []  # no answer says nothing of what was changed
    if not asked:
        return [not_forwarded(came)]
    last = asked[-1]
    sent = said_in(wire_format(came.api), talk.ask(model=model, stream=stream))
    format = wire_format(last.format)
    found = list(request_changes(sent, last.ask, limits_of(format, sent, last.body)))
    given = format.read(last.attempt, stream=last.ask.stream)
    if last.attempt.status != httpx.codes.OK:
        # What upstream refuses for that is told of already.
        told = any(one.slug in _REFUSED and one.severity == "error" for one in found)
        refusal = refused_upstream(given)
        return [*found, replace(refusal, severity="info") if told else refusal]
    if given.fragments:
        given = structs.replace(given, calls=_assembled(talk.case, talk, given).calls)
    if cut := list(torn(given, judgement.sent)):
        return [*found, *cut]
    if came.problems or not came.ended or came.transport_error:
        # What the client can't read to its end is no reply that could be compared.
        return found
    names = {new: old for old, new in new_names(sent.tools, last.ask.tools).items()}
    changed = reply_changes(calls_named(given, names), came)
    if last.ask.parallel is False:
        # Upstream makes several calls if the case says so, though it was told to make only one.
        changed = (one for one in changed if one.slug != "relay-call-lost")
    return [*found, *changed]


def _assembled(case: Case, talk: Talk, given: Reply) -> Reply:
    return judge(case, [*talk.replies, given]).reply


def verdict_of(
    judgements: Sequence[Judgement], differences: Sequence[Difference]
) -> tuple[Status, tuple[Finding, ...], str | None]:
    """Put together what the gateway changed and what is wrong with its own wire.

    What is wrong with the content of a reply follows from a difference; without any both sides
    agree, and the mistake is ours.
    """
    own = [
        replace(finding, turn=turn)
        for turn, judgement in enumerate(judgements)
        for finding in judgement.findings
    ]
    told = {slug for difference in differences for slug in defects()[difference.slug].explains}
    changed = [difference.finding for difference in differences]
    follows = (*_CONTENT, "structure") if changed else _CONTENT
    if any(one.slug in _EXPLAIN for one in differences):
        follows = get_args(Layer)
    wire = [f for f in own if f.layer not in follows and f.slug not in told]
    content = [f for f in own if f.layer in _CONTENT and f.severity == "error"]
    findings = (*changed, *wire)
    if any(finding.severity == "error" for finding in findings):
        return "fail", findings, None
    if judgements[-1].status == "unjudged":
        return "unjudged", findings, judgements[-1].reason
    if content:
        return "unjudged", findings, CONTRADICTED + content[0].slug
    return "pass", findings, None
