"""Access tokens of clouds, found and renewed by the clouds' own libraries.

Google: https://google.aip.dev/auth/4110 (application default credentials). Azure: Entra ID,
https://learn.microsoft.com/azure/developer/ai/how-to/switching-endpoints.
"""

import logging
import time
from collections.abc import Callable
from functools import cache

from toolfuzz.core.errors import UsageError

__all__ = ["LOGIN", "tokens_of"]

LOGIN = {
    "google": "gcloud auth application-default login, or GOOGLE_APPLICATION_CREDENTIALS=FILE",
    "azure": "az login, or what else azure-identity finds (AZURE_CLIENT_ID, a managed identity)",
}
"""How somebody shows who they are."""

_GOOGLE_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_AZURE_SCOPE = "https://cognitiveservices.azure.com/.default"
_SOON = 300
"""Seconds before its end at which a token is renewed."""


@cache
def tokens_of(credentials: str) -> Callable[[], str]:
    """Return what gives a token that is good now; ``credentials`` is a key of LOGIN.

    It asks over the network when one has run out. Both raise UsageError, without a word of what the
    libraries say: that may hold secrets.
    """
    return {"google": _google, "azure": _azure}[credentials]()


def _google() -> Callable[[], str]:
    try:
        import google.auth
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import Request
    except ImportError:
        raise UsageError(
            "Vertex AI needs Google's credentials, and google-auth to read them",
            "pip install 'toolfuzz[vertex]'",
        ) from None
    try:
        credentials, _ = google.auth.default(scopes=[_GOOGLE_SCOPE])
    except (GoogleAuthError, ValueError):
        raise UsageError("no Google credentials were found", LOGIN["google"]) from None

    def token() -> str:
        if not credentials.valid:
            try:
                credentials.refresh(Request())  # type: ignore[no-untyped-call]
            except (GoogleAuthError, ValueError):
                raise UsageError("Google gives no access token", LOGIN["google"]) from None
        return str(credentials.token)

    return token


def _azure() -> Callable[[], str]:
    try:
        from azure.core.exceptions import AzureError
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise UsageError(
            "Azure OpenAI needs AZURE_OPENAI_API_KEY, or azure-identity for Entra ID",
            "export AZURE_OPENAI_API_KEY=…, or: pip install 'toolfuzz[azure]'",
        ) from None
    # It logs each way of logging in that didn't do, with the servers' answers.
    logging.getLogger("azure").setLevel(logging.CRITICAL)
    credential = DefaultAzureCredential()
    value, ends = "", 0.0

    def token() -> str:
        nonlocal value, ends
        if time.time() > ends - _SOON:
            try:
                found = credential.get_token(_AZURE_SCOPE)
            except AzureError:
                hint = f"export AZURE_OPENAI_API_KEY=…, or: {LOGIN['azure']}"
                raise UsageError("Entra ID gives no access token", hint) from None
            value, ends = found.token, float(found.expires_on)
        return value

    return token
