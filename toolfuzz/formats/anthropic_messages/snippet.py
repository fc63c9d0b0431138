"""A Messages request as a Python program."""

from toolfuzz.formats.protocol import Request
from toolfuzz.formats.snippets import python_sdk

__all__ = ["PARAMETERS", "python"]

PARAMETERS = frozenset(
    [
        "max_tokens",
        "messages",
        "metadata",
        "model",
        "stop_sequences",
        "stream",
        "system",
        "thinking",
        "tool_choice",
        "tools",
    ]
)
"""Those of the SDK that requests have, in all its versions."""


def python(request: Request, base_url: str, key_env: str | None) -> str:
    """See WireFormat. This SDK puts ``/v1`` before its paths itself."""
    return python_sdk(
        "anthropic",
        "Anthropic",
        "messages",
        request.body,
        base_url.removesuffix("/v1"),
        key_env,
        named=PARAMETERS,
    )
