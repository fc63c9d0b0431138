"""Faults of HTTP: how servers refuse, and how they and the network fail while they answer.

They change how an answer is sent, never what it says; ``seconds`` is how long, where that is asked.
"""

from toolfuzz.formats.plan import Refusal
from toolfuzz.simulate.faults.registry import http_fault
from toolfuzz.simulate.sending import Sending

_RETRY_AFTER = 1.0
_LATE = 2.0
_SLOW = 4.0
_SLOW_WRITES = 40


@http_fault("http-401")
def unauthorized(sending: Sending, seconds: float | None) -> None:
    """Status 401: the key is wrong."""
    sending.refusal = Refusal(401, "Incorrect API key provided.", "invalid_api_key")


@http_fault("http-429")
def too_many(sending: Sending, seconds: float | None) -> None:
    """Status 429 with Retry-After: 1 s, or as many seconds as are asked for."""
    headers = {"retry-after": f"{_RETRY_AFTER if seconds is None else seconds:g}"}
    told = "Rate limit reached for requests."
    sending.refusal = Refusal(429, told, "rate_limit_exceeded", headers=headers)


@http_fault("http-500")
def broken(sending: Sending, seconds: float | None) -> None:
    """Status 500: the server failed."""
    sending.refusal = Refusal(500, "The server had an error.", "server_error")


@http_fault("http-503")
def unavailable(sending: Sending, seconds: float | None) -> None:
    """Status 503; with Retry-After where seconds are asked for."""
    headers = {} if seconds is None else {"retry-after": f"{seconds:g}"}
    sending.refusal = Refusal(
        503, "The service is unavailable.", "server_is_overloaded", headers=headers
    )


@http_fault("http-529")
def overloaded(sending: Sending, seconds: float | None) -> None:
    """Status 529: the service is overloaded."""
    sending.refusal = Refusal(529, "Overloaded", "overloaded")


@http_fault("http-hang")
def hang(sending: Sending, seconds: float | None) -> None:
    """The request is taken and never answered."""
    sending.until, sending.closes = 0, False


@http_fault("http-drop")
def drop(sending: Sending, seconds: float | None) -> None:
    """The connection is closed without a byte of an answer."""
    sending.until = 0


@http_fault("http-cut")
def cut(sending: Sending, seconds: float | None) -> None:
    """The connection is closed in the middle of the body."""
    sending.until = 0.5


@http_fault("http-stall")
def stall(sending: Sending, seconds: float | None) -> None:
    """In the middle of the body nothing more comes, and the connection stays open."""
    sending.until, sending.closes = 0.5, False


@http_fault("http-late")
def late(sending: Sending, seconds: float | None) -> None:
    """The answer begins late: after 2 s, or as many seconds as are asked for."""
    sending.wait = _LATE if seconds is None else seconds


@http_fault("http-slow")
def slow(sending: Sending, seconds: float | None) -> None:
    """The body trickles in: it takes 4 s, or as many seconds as are asked for."""
    sending.writes = _SLOW_WRITES
    sending.pause = (_SLOW if seconds is None else seconds) / _SLOW_WRITES
