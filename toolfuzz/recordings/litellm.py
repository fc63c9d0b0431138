"""What LiteLLM logs of a call (StandardLoggingPayload, docs.litellm.ai/docs/proxy/logging_spec).

Its callbacks ``generic_api``, ``s3_v2`` and ``gcs_bucket`` write it. Messages and tools stand there
as they came in at the front door, the reply as LiteLLM had read and merged it.
"""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import USUAL
from toolfuzz.recordings.recorded import Recorded, merged

__all__ = ["read", "recognises"]

_TOOL = "LiteLLM"
_RESPONSES = "openai-responses"
_FORMATS = {
    "completion": USUAL,
    "acompletion": USUAL,
    "anthropic_messages": "anthropic-messages",
    "responses": _RESPONSES,
    "aresponses": _RESPONSES,
}


def recognises(data: JsonObject) -> bool:
    """Whether an object is what LiteLLM logs of a call."""
    return data.keys() >= {"call_type", "model_parameters", "messages", "response"}


def read(data: JsonObject) -> Recorded | None:
    """Read a call; None for one that asks no model for calls (embeddings, pictures)."""
    named = _FORMATS.get(str(data["call_type"]))
    if named is None:
        return None
    if data.get("status") == "failure":
        raise UsageError(f"LiteLLM got no reply: {data.get('error_str')}")
    parameters, said, response = data["model_parameters"], data["messages"], data["response"]
    if not isinstance(said, list) or not isinstance(response, dict):
        raise UsageError("LiteLLM was told not to keep messages and replies")
    request = {
        "model": data.get("model"),
        "input" if named == _RESPONSES else "messages": said,
        **(parameters if isinstance(parameters, dict) else {}),
    }
    return merged(
        _TOOL, str(data.get("id", "")), named, request, response, answered_in=_spelled(response)
    )


def _spelled(response: Json) -> str:
    """Name the format of a reply: those of Anthropic's front door are chat completions here."""
    return USUAL if "choices" in response else _RESPONSES if "output" in response else ""
