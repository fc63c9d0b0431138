"""Refused requests: by the gateway itself, which asked nobody, or by the upstream that it asked."""

import re

from toolfuzz.core.reply import Reply
from toolfuzz.judge.errors import messages
from toolfuzz.judge.relay.difference import Difference

__all__ = ["not_forwarded", "refused_upstream"]

_CANT = re.compile(r"(un|not |only |n't )support|not implemented|not available", re.IGNORECASE)
_REFUSALS = (400, 404, 405, 422, 501)
_MOST = 60


def not_forwarded(came: Reply) -> Difference:
    """Return the difference for a reply to a request that never came upstream.

    One that says what it doesn't support is a warning. Others are told apart by their own words,
    since the status of one mistake may differ from door to door.
    """
    line = _line(came)
    if came.status in _REFUSALS and _CANT.search(line):
        return Difference(
            "relay-not-forwarded", "request", None, line, "is refused as unsupported", "warn",
            "unsupported",
        )  # fmt: skip
    kind = _fingerprint(line) or str(came.status)
    told = f"{came.status} {line}".strip()
    return Difference(
        "relay-not-forwarded", "request", None, told, "never came upstream", kind=kind
    )


def refused_upstream(given: Reply) -> Difference:
    """Return the difference for a request that the upstream refused, by its words."""
    line = _line(given)
    return Difference(
        "relay-refused-upstream", "request", None, f"{given.status} {line}".strip(),
        "upstream refuses it", kind=_fingerprint(line),
    )  # fmt: skip


def _line(reply: Reply) -> str:
    said = next(iter(messages(reply.error)), "").strip()
    return said.partition("\n")[0].strip()


def _fingerprint(line: str) -> str:
    """Return the most telling words of a message: the end, before which gateways put their own."""
    last = re.split(r":\s+", line)[-1]
    return re.sub(r"\d+", "N", " ".join(last.split()))[:_MOST].strip(" .")
