"""HTTP clients that go through the proxies that the environment names."""

from typing import TYPE_CHECKING, Any

from toolfuzz.core.errors import UsageError

if TYPE_CHECKING:
    import httpx

__all__ = ["http_client"]


def http_client(**options: Any) -> "httpx.AsyncClient":
    """Make a client of httpx; raises UsageError for a proxy of the environment that is none."""
    import httpx

    try:
        return httpx.AsyncClient(**options)
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        reason = str(error).partition(". ")[0]
        raise UsageError(
            f"the proxy that the environment names can't be used: {reason}",
            "look at HTTP_PROXY, HTTPS_PROXY and ALL_PROXY; SOCKS needs pip install 'httpx[socks]'",
        ) from None
