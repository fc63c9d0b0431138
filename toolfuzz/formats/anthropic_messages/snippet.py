"""A Messages request as a Python program."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from toolfuzz.formats.protocol import Request
from toolfuzz.formats.snippets import NO_HEADERS, json_literal, python_headers, python_sdk

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


_VERTEX = re.compile(r"(.+)/projects/([^/${]+)/locations/([^/${]+)/publishers/anthropic")


def python(
    request: Request,
    base_url: str,
    key_env: str | None,
    own: Mapping[str, str] = NO_HEADERS,
    cloud: str = "",
) -> str:
    """See Program. This SDK puts ``/v1`` before its paths itself."""
    if cloud == "google":
        return _on_vertex(request, base_url, own)
    return python_sdk(
        "anthropic",
        "Anthropic",
        "messages",
        request.body,
        base_url.removesuffix("/v1"),
        key_env,
        own,
        named=PARAMETERS,
    )


def _on_vertex(request: Request, base_url: str, own: Mapping[str, str]) -> str:
    """Return a program that uses the client for Vertex, which has the model in its path."""
    found = _VERTEX.fullmatch(base_url)
    # What isn't known here, the client takes from the variables of its own.
    place = (
        dict(zip(("base_url", "project_id", "region"), found.groups(), strict=True))
        if found
        else {}
    )
    given = [f"{name}={value!r}" for name, value in place.items()] + ["max_retries=0"]
    given += [f"default_headers={python_headers(own)}"] if own else []
    model = unquote(request.path.removeprefix("/models/").rpartition(":")[0])
    body = {"model": model, **request.body}
    known = {name: value for name, value in body.items() if name in PARAMETERS}
    extra = {name: value for name, value in body.items() if name not in PARAMETERS}
    return "\n".join(
        [
            "import json",
            "import os",
            "",
            "from anthropic import AnthropicVertex",
            "",
            f"client = AnthropicVertex({', '.join(given)})",
            f"body = {json_literal(known)}",
            "reply = client.messages.with_raw_response.create(",
            f"    **body, extra_body={json_literal(extra)}",
            ")",
            "print(reply.http_response.read().decode())",
            "",
        ]
    )
