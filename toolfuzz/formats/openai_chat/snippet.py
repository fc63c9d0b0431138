"""A chat completion's request as a Python program."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

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
    """See Program. Where the path names a version of Azure's API, its client for that is used."""
    place, _, query = request.path.partition("/chat/completions")
    version = dict(parse_qsl(query.removeprefix("?"))).get("api-version")
    return python_sdk(
        "openai",
        "AzureOpenAI" if version else "OpenAI",
        "chat.completions",
        request.body,
        base_url + place,
        key_env,
        own,
        cloud,
        named=PARAMETERS,
        api_version=version,
    )
