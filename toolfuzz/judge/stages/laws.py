"""Laws: is there a reply at all, and does it keep to its wire format?"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from toolfuzz.core.reply import WireProblem
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.errors import codes, messages, params
from toolfuzz.judge.facts import Facts, Refusal
from toolfuzz.judge.refusals import (
    about_parameter,
    error_words,
    is_limit,
    is_too_long,
    names_defect,
)
from toolfuzz.judge.wording import one_line

__all__ = ["TIMED_OUT", "TOO_LONG", "advance", "broken"]

_AUTH_AND_LIMITS = frozenset({401, 402, 403, 404, 408, 413, 421, 425, 429})
_NOT_FOUND = 404
TOO_LONG, TIMED_OUT = "longer than the model's window", "transport: Timeout"
"""How the reasons begin why a question is unjudged whose prompt, or answer, took too much."""
_LOOKED_AT = 20_000
_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
"""Of the pages that proxies send instead of an error."""


def advance(facts: Facts) -> None:
    """Set ``excuse``, ``refusal`` and ``broke_off``, or else ``problems`` and ``readable``.

    What servers name when they refuse, and the laws that a reply breaks, are findings at once:
    the defects say in which words and which laws they show.
    """
    reply = facts.reply
    status = reply.status
    if reply.transport_error is not None or status is None:
        facts.excuse = f"transport: {one_line(reply.transport_error or 'no response')}"
    elif status >= 300:
        _refused(facts, status)
    elif reply.error is not None:
        _error_inside(facts, status)
    elif reply.finish == "refusal":
        facts.excuse = "refusal"
    else:
        facts.problems = reply.problems
        facts.findings += broken(facts.problems)
        empty = not (reply.calls or reply.fragments or reply.text or reply.legacy)
        if empty and any(f.severity != "info" for f in facts.findings):
            facts.readable = False


def _refused(facts: Facts, status: int) -> None:
    refusal = _refusal(facts.reply.error, status)
    facts.excuse = f"HTTP {status}: {_in_words(refusal)}"
    # What was sent back may be said not to be found, too.
    if status in _AUTH_AND_LIMITS and not (status == _NOT_FOUND and facts.number):
        return
    facts.refusal = refusal
    facts.findings += names_defect(facts, refusal)
    if facts.findings:
        return
    if is_too_long(refusal.words):
        facts.excuse = f"{TOO_LONG}: {facts.excuse}"
    elif facts.misfit:
        facts.excuse = f"the history that was sent doesn't fit: {facts.misfit}: {facts.excuse}"
    elif about_parameter(refusal):
        facts.excuse = f"a request parameter is refused: {facts.excuse}"


def _error_inside(facts: Facts, status: int) -> None:
    """Look into an error that came under a status that promised a reply."""
    reply = facts.reply
    refusal = facts.refusal = _refusal(reply.error, status)
    facts.findings += names_defect(facts, refusal)
    code = _code(reply.error)
    if not reply.stream or is_limit(refusal.words) or code in _AUTH_AND_LIMITS:
        number = "" if code is None else f" {code}"
        facts.excuse = f"error{number} under HTTP {status}: {_in_words(refusal)}"
    else:
        facts.broke_off = True


def _in_words(refusal: Refusal) -> str:
    """Return what a server says in its error's own messages, by its code where it has none."""
    said = "; ".join(dict.fromkeys(refusal.said)) or ", ".join(refusal.codes) or refusal.text
    page = _TITLE.search(said) if said.lstrip()[:1] == "<" else None
    return one_line(f"a page, titled {page[1]!r}" if page else said)


def _refusal(error: Any, status: int) -> Refusal:
    text = error_words(error)[:_LOOKED_AT]
    return Refusal(status, text, messages(error), codes(error), params(error))


def broken(problems: Sequence[WireProblem]) -> Iterator[Finding]:
    """Yield one finding for each defect that the reader's problems show."""
    named: set[str] = set()
    for problem in problems:
        for entry in defects().values():
            if problem.kind in entry.problems and entry.slug not in named:
                named.add(entry.slug)
                yield entry.finding(f"{problem.where}: {one_line(problem.detail)}")


def _code(error: Any) -> int | None:
    code = error.get("code", error.get("status")) if isinstance(error, dict) else None
    return code if isinstance(code, int) else None
