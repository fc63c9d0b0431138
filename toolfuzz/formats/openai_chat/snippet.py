"""A chat completion's request as a Python program."""

from collections.abc import Mapping

from toolfuzz.formats.protocol import Request
from toolfuzz.formats.snippets import NO_HEADERS, python_sdk

__all__ = ["PARAMETERS", "python"]

PARAMETERS = frozenset(
    [
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "model",
        "n",
        "parallel_tool_calls",
        "presence_penalty",
        "reasoning_effort",
        "response_format",
        "seed",
        "stop",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
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
        "chat.completions",
        request.body,
        base_url,
        key_env,
        own,
        cloud,
        named=PARAMETERS,
    )
