"""What LiteLLM logs of a call (StandardLoggingPayload, docs.litellm.ai/docs/proxy/logging_spec).

Its callbacks ``generic_api``, ``s3_v2`` and ``gcs_bucket`` write it. Messages and tools stand there
as they came in at the front door, the reply as LiteLLM had read and merged it.
"""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import USUAL, format_names
from toolfuzz.formats.routes import format_at
from toolfuzz.recordings.recorded import Recorded, merged

__all__ = ["read", "recognises"]

_TOOL = "LiteLLM"
_RESPONSES = "/responses"
_PATHS = {
    "completion": "/chat/completions",
    "acompletion": "/chat/completions",
    "responses": _RESPONSES,
    "aresponses": _RESPONSES,
}


def recognises(data: JsonObject) -> bool:
    """Whether an object is what LiteLLM logs of a call."""
    return data.keys() >= {"call_type", "model_parameters", "messages", "response"}


def read(data: JsonObject) -> Recorded | None:
    """Read a call; None for one that asks no model for calls (embeddings, pictures)."""
    named = _format_of(str(data["call_type"]))
    if named is None:
        return None
    if data.get("status") == "failure":
        raise UsageError(f"LiteLLM got no reply: {data.get('error_str')}")
    parameters, said, response = data["model_parameters"], data["messages"], data["response"]
    if not isinstance(said, list) or not isinstance(response, dict):
        raise UsageError("LiteLLM was told not to keep messages and replies")
    request = {
        "model": data.get("model"),
        "input" if named == format_at(_RESPONSES) else "messages": said,
        **(parameters if isinstance(parameters, dict) else {}),
    }
    return merged(
        _TOOL, str(data.get("id", "")), named, request, response, answered_in=_spelled(response)
    )


def _format_of(called: str) -> str | None:
    """Name the format of a front door; that of Anthropic's has our name, but for the dash."""
    if called in _PATHS:
        return format_at(_PATHS[called])
    named = called.replace("_", "-")
    return named if named in format_names() else None


def _spelled(response: Json) -> str:
    """Name the format of a reply: those of Anthropic's front door are chat completions here."""
    if "choices" in response:
        return USUAL
    return format_at(_RESPONSES) if "output" in response else ""
