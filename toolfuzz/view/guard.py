"""Who may look: whoever opened the address that was printed, in a browser on this machine."""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["OWN", "Guard"]

OWN = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
"""The policy of our own pages: what runs and what styles stands in files of ours."""

_ALWAYS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Guard:
    """Answers GET alone, and only where Host is this machine's address and port.

    A name that a stranger lets point here (DNS rebinding) isn't. Nor may pages of others load
    anything from here, or show it in a frame. ``hosts`` are the values of Host.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.update(_ALWAYS)
                policy = headers.get("content-security-policy", OWN)
                headers["content-security-policy"] = f"{policy}; frame-ancestors 'none'"
            await send(message)

        refused = self._refused(scope)
        await (refused or self._app)(scope, receive, guarded)

    def _refused(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("this is to be read only", 405, {"allow": "GET, HEAD"})
        if headers.getlist("host") not in [[host] for host in self._hosts]:
            return PlainTextResponse("open the address that toolfuzz printed", 403)
        site = headers.get("sec-fetch-site", "none")
        if site not in ("none", "same-origin") and headers.get("sec-fetch-mode") != "navigate":
            return PlainTextResponse("pages of others load nothing from here", 403)
        return None
