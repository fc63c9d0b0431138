"""Parameters of a request that its gateway has invented."""

from collections.abc import Iterator

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.judge.relay.difference import Difference

__all__ = ["parameters_added"]

_COMPARED = (
    "model", "messages", "input", "instructions", "system", "systemInstruction",
    "system_instruction", "contents", "tools", "toolConfig", "tool_config", "tool_choice",
    "parallel_tool_calls", "allowed_tools",
)  # fmt: skip
_CARRIAGE = (
    "stream", "stream_options", "user", "metadata", "store", "include", "service_tier",
    "safety_identifier", "prompt_cache_key", "background", "safetySettings", "labels",
    "requestMetadata", "anthropic_version", "anthropic_beta",
)  # fmt: skip
_LIMITS = (
    "max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens", "maxTokens",
)  # fmt: skip
_NESTED = ("generationConfig", "generation_config", "inferenceConfig")
# What the formats' references say of a parameter that is left out.
_DEFAULTS: JsonObject = {
    "temperature": 1,
    "top_p": 1,
    "n": 1,
    "candidateCount": 1,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "top_logprobs": 0,
    "truncation": "disabled",
    "text": {"format": {"type": "text"}},
    "response_format": {"type": "text"},
}
_EMPTY: tuple[Json, ...] = (None, False, "", [], {})


def parameters_added(sent: JsonObject, arrived: JsonObject) -> Iterator[Difference]:
    """Yield what the body that arrived says beyond what was sent, and beyond the defaults.

    A model answers otherwise for it, and most services refuse fields that they don't know.
    """
    known = _parameters(sent)
    for name, value in _parameters(arrived).items():
        if name not in known and value not in _EMPTY and value != _DEFAULTS.get(name):
            yield Difference(
                "relay-parameter-added", name, None, value, "nobody asked for it", "warn", name
            )


def _parameters(body: JsonObject) -> dict[str, Json]:
    inner = [held for name in _NESTED if isinstance(held := body.get(name), dict)]
    found = {name: value for part in (body, *inner) for name, value in part.items()}
    elsewhere = {*_COMPARED, *_CARRIAGE, *_LIMITS, *_NESTED}
    return {name: value for name, value in found.items() if name not in elsewhere}
