"""Official SDKs on recorded bytes: clients whose only server is one recorded attempt.

Importing an SDK takes a second, so nothing here is imported before it is used.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from toolfuzz.core.exchange import Attempt

__all__ = ["Recording", "replaying"]


class Recording:
    """A server in memory that answers every request with ``attempt``."""

    def __init__(self, http: Any) -> None:
        self.http = http
        self.attempt: Attempt | None = None

    def answer(self, request: Any) -> Any:
        """Return the response of the HTTP library that ``request`` comes from."""
        attempt = self.attempt
        assert attempt is not None
        if attempt.status is None:
            raise self.http.ConnectError(attempt.error or "no answer", request=request)

        def body() -> Iterator[bytes]:
            for _, chunk in attempt.chunks:
                yield chunk
            if attempt.error:
                raise self.http.ReadError(attempt.error, request=request)

        kept = {k: v for k, v in attempt.headers.items() if k == "content-type"}
        return self.http.Response(attempt.status, headers=kept, content=body())


def replaying(attempt: Attempt, package: str, client: str) -> Any:
    """Return the client of an SDK that gets ``attempt`` for an answer; retries are off.

    One client is kept for each SDK, so use it before the next attempt is replayed. For SDKs made
    by Stainless (``openai``, ``anthropic``): the HTTP library is the one they sit on themselves.
    """
    recording, made = _client(package, client)
    recording.attempt = attempt
    return made


@cache
def _client(package: str, client: str) -> tuple[Recording, Any]:
    base = import_module(f"{package}._base_client")
    http = getattr(base, "httpx2", None) or base.httpx
    recording = Recording(http)
    return recording, getattr(import_module(package), client)(
        api_key="none",
        base_url="http://recorded.invalid/v1",
        max_retries=0,
        http_client=http.Client(transport=http.MockTransport(recording.answer)),
    )
