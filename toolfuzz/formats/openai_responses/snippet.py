"""A Responses request as a Python program."""

from collections.abc import Mapping

from toolfuzz.formats.protocol import Request
from toolfuzz.formats.snippets import NO_HEADERS, python_sdk

__all__ = ["PARAMETERS", "python"]

PARAMETERS = frozenset(
    [
        "include",
        "input",
        "instructions",
        "max_output_tokens",
        "max_tool_calls",
        "metadata",
        "model",
        "parallel_tool_calls",
        "previous_response_id",
        "reasoning",
        "store",
        "stream",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_p",
        "truncation",
        "user",
    ]
)
"""Those of the SDK that requests have, in all its versions."""


def python(
    request: Request,
    base_url: str,
    key_env: str | None,
    own: Mapping[str, str] = NO_HEADERS,
    cloud: str = "",
) -> str:
    """See Program."""
    return python_sdk(
        "openai",
        "OpenAI",
        "responses",
        request.body,
        base_url,
        key_env,
        own,
        cloud,
        named=PARAMETERS,
    )
