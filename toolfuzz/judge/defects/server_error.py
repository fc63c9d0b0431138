"""The server fails at one question again and again, while it answers others."""

import re
from collections.abc import Iterable, Sequence
from statistics import median

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import JsonObject
from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.faults import Fault, Roll, has_keyword
from toolfuzz.judge.faults.calls import refuse
from toolfuzz.judge.wording import one_line

_UNREACHED = re.compile(r"ConnectError|ConnectTimeout|ProxyError")
_DROPPED = re.compile(r"(Read|Write|Close)Error|RemoteProtocolError")
_SILENT = re.compile(r"Timeout|ReadTimeout")
_LONGEST_ERROR = 100_000
# A slow server lets a long reply run into its timeout; one that hangs is quick at other questions.
_SLOWER = 10
# What only a reply holds.
_REPLIES = frozenset({"choices", "output", "content", "candidates"})
# Whoever asks too much is told so under any status.
_QUOTA = re.compile(r"rate.?limit|too many requests|throttl|quota|credit|billing", re.I)


def failed_at(exchange: Exchange) -> bool:
    """Whether the server failed every attempt: 5xx, an error under another status, a dropped
    connection, not a byte in time.

    That it could not be reached is no fault of the question; it may be down because of the
    question, though, so one attempt that reached it is enough.
    """
    faults = [_fault(attempt) for attempt in exchange.attempts]
    return None not in faults and any(faults)


def was_answered(exchange: Exchange) -> bool:
    """Whether a reply came, whatever it is worth."""
    last = exchange.last
    came = last.status is not None and last.status < 400 and last.error is None
    return came and error_inside(last) is None


def _fault(attempt: Attempt) -> bool | None:
    """True for a fault of the server, False where it was not reached, None for anything else."""
    error = attempt.error or ""
    if _DROPPED.match(error):
        return True
    if _SILENT.match(error) and attempt.first_byte_ms is None:
        return True
    if attempt.status is None:
        return False if _UNREACHED.match(error) else None
    if (inside := error_inside(attempt)) is not None:
        code = inside.get("code", inside.get("status"))
        return True if not isinstance(code, int) or code >= 500 else None
    return True if attempt.status >= 500 else None


def error_inside(attempt: Attempt) -> JsonObject | None:
    """Return the error that is all of a body under a status that promised a reply, else None."""
    if attempt.status is None or attempt.status >= 400 or attempt.error is not None:
        return None
    body = attempt.body
    if len(body) > _LONGEST_ERROR or b'"error"' not in body:
        return None
    try:
        value = strictjson.parse(body.decode()).value
    except ValueError:
        return None
    if not isinstance(value, dict) or not value.get("error") or not _REPLIES.isdisjoint(value):
        return None
    error = value["error"]
    return error if isinstance(error, dict) else {"message": error}


def failed_alone(
    lost: Sequence[Exchange], others: Iterable[Exchange], words: str
) -> Finding | None:
    """Return the finding when the server failed at this question and not in general.

    ``lost`` are the askings of the question that the server failed (see ``failed_at``), two at
    least; ``others`` all askings of questions that were answered in the end: some between those two
    and some after them, most without any trouble, and where it was silent in a tenth of that time.
    ``words`` is what the server said.
    One reply can't show this, so no stage of the judge looks for it: a run does.
    """
    if len(lost) < 2 or _QUOTA.search(words):
        return None
    first, last = lost[0].attempts[0].started, lost[-1].attempts[0].started
    since = [e for e in others if e.last.started >= first]
    answered = [e.last.started for e in since if was_answered(e)]
    asked = {_question(e) for e in since}
    trouble = {_question(e) for e in since if len(e.attempts) > 1 or not was_answered(e)}
    if not answered or min(answered) > last or max(answered) < last:
        return None
    if 2 * len(trouble) >= len(asked):
        return None
    silences = [a.total_ms for e in lost for a in e.attempts if _SILENT.match(a.error or "")]
    usual = median(e.last.total_ms for e in since if was_answered(e))
    if silences and _SLOWER * usual > min(silences):
        return None
    return DEFECT.finding(
        f"failed at all {sum(len(e.attempts) for e in lost)} attempts, while {len(asked)} other "
        f"questions were answered: {one_line(words)}"
    )


def failed_beside(lost: Exchange, words: str) -> Finding | None:
    """Return the finding on an asking just before another question was answered.

    For a question of which a run has told it before, made smaller.
    """
    if not failed_at(lost) or _QUOTA.search(words):
        return None
    return DEFECT.finding(
        f"failed at all {len(lost.attempts)} attempts, while another question was answered: "
        f"{one_line(words)}"
    )


def _question(exchange: Exchange) -> tuple[str, int, bool]:
    return exchange.case_id, exchange.repeat, exchange.stream


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 500 wherever a schema holds a union, as from a grammar compiler that breaks on it."""
    keywords = [roll.trigger.keyword] if roll.trigger.keyword else ["anyOf", "oneOf"]
    if any(has_keyword(tool.parameters, word) for tool in reply.ask.tools for word in keywords):
        return refuse(reply, "Internal server error", 500)
    return False


DEFECT = Defect(
    slug="server-error",
    group="G",
    tells_of="serialization",
    harm="error",
    title="The server fails at one question again and again, while it answers others",
    severity="error",
    layer="wire",
    stage="laws",
    shows_in="run",
    by_run=True,
    usual="the server's parser, grammar compiler or chat template, which breaks on the question",
    help=(
        "Send the request again by itself and read the server's log; if it persists, take parts "
        "of the schema away until it is answered, and report the smallest request that is not."
    ),
    example='HTTP 500 {"error":{"message":"Internal server error"}} at each of eight attempts',
    indistinguishable="a server that dies of one question and comes back, from one that refuses it",
    pairs=("provider-refused-call", "schema-rejected"),
    fault=Fault(simulate, "request"),
)
