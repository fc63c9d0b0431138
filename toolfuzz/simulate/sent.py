"""An answer on its way, sent as its ``Sending`` says."""

import asyncio
from collections.abc import Callable, Sequence

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from toolfuzz.simulate.sending import Sending

__all__ = ["CLOSE", "Sent"]

CLOSE = "toolfuzz.close"
"""The ASGI extension by which our server hangs up (see ``service``)."""


class Sent(Response):
    """A body sent write by write.

    Starlette's own StreamingResponse watches for a disconnect in a task group, which costs more
    than the whole answer; here a client that has gone just ends the writing.
    """

    def __init__(
        self, writes: Sequence[bytes], headers: dict[str, str], how: Sending, status: int = 200
    ) -> None:
        self.writes = _rewritten(writes, how)
        self.how = how
        self.status_code = status
        self.background = None
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head, then every write, as far as that goes."""
        how = self.how
        if how.until != 0:
            await self._send(send)
        if how.until is None:
            return
        close: Callable[[], None] | None = (scope.get("extensions") or {}).get(CLOSE)
        if close is None:
            return  # the server closes what is not complete
        if how.closes:
            close()
        try:
            await _gone(receive)
        finally:
            close()

    async def _send(self, send: Send) -> None:
        how, last = self.how, len(self.writes) - 1
        if how.wait:
            await asyncio.sleep(how.wait)
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        for number, chunk in enumerate(self.writes):
            if how.pause:
                await asyncio.sleep(how.pause)
            more = number < last or how.until is not None
            await send({"type": "http.response.body", "body": chunk, "more_body": more})


async def _gone(receive: Receive) -> None:
    """Wait until the client hangs up, or is hung up on."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _rewritten(writes: Sequence[bytes], how: Sending) -> Sequence[bytes]:
    if not how.writes and how.until is None:
        return writes
    body = b"".join(writes)
    sent = body if how.until is None else body[: max(1, int(len(body) * how.until))]
    size = max(1, -(-len(sent) // (how.writes or 1)))
    return [sent[start : start + size] for start in range(0, len(sent), size)]
