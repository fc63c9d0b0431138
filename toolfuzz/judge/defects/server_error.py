"""The server fails at one question again and again, while it answers others."""

from collections.abc import Iterable

from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.wording import one_line

# So many attempts must all fail, and so many other questions must be answered meanwhile.
_ATTEMPTS = 3
_OTHERS = 2
# Busy, not broken: 503 (RFC 9110, 15.6.4) and Anthropic's 529 say that the whole endpoint is.
_OVERLOADED = (503, 529)


def failed_alone(lost: Exchange, answered: Iterable[Exchange], words: str) -> Finding | None:
    """Return the finding when the server failed at this question and not in general.

    ``answered`` are the exchanges of other questions that could be judged; those count that began
    while this one was tried again. ``words`` is what the server said. One reply can't show this,
    so no stage of the judge looks for it: a run does, over all that it has asked.
    """
    attempts = lost.attempts
    if len(attempts) < _ATTEMPTS or not all(map(_fault, attempts)):
        return None
    # From the second attempt on: a server that dies fails one of those that began together first.
    again, given_up = attempts[1].started, attempts[-1].started
    meanwhile = {e.case_id for e in answered if again <= e.last.started <= given_up}
    others = len(meanwhile - {lost.case_id})
    if others < _OTHERS:
        return None
    return DEFECT.finding(
        f"failed {len(attempts)} times, while {others} other questions were answered: "
        f"{one_line(words)}"
    )


def _fault(attempt: Attempt) -> bool:
    if attempt.status is None:
        return bool(attempt.error) and not (attempt.error or "").startswith("Timeout")
    return attempt.status >= 500 and attempt.status not in _OVERLOADED


DEFECT = Defect(
    slug="server-error",
    group="G",
    title="The server fails at one question again and again, while it answers others",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the server's parser, grammar compiler or chat template, which breaks on the question",
    help=(
        "Send the request again by itself and read the server's log; if it persists, take parts "
        "of the schema away until it is answered, and report the smallest request that is not."
    ),
    example='HTTP 500 {"error":{"message":"Internal server error"}} at each of four attempts',
    indistinguishable="a server that dies of one question and comes back, from one that refuses it",
    pairs=("provider-refused-call", "schema-rejected"),
)
