"""A Responses request as a Python program."""

from toolfuzz.formats.protocol import Request
from toolfuzz.formats.snippets import python_sdk

__all__ = ["python"]


def python(request: Request, base_url: str, key_env: str | None) -> str:
    """See WireFormat."""
    return python_sdk("openai", "OpenAI", "responses", request.body, base_url, key_env)
