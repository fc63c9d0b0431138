"""How long a case's prompt is, before it is written in any wire format."""

import json

from toolfuzz.core.case import Case, Json

__all__ = ["BYTES_PER_TOKEN", "input_bytes", "input_tokens", "prompt_bytes", "tool_bytes"]

BYTES_PER_TOKEN = 3
"""Of JSON: rather too few bytes, so that what is said to fit does."""


def input_bytes(case: Case) -> int:
    """Return about the bytes of the last request: tools, prompts, calls and their results."""
    said = [
        [
            [message.content for message in turn.messages],
            [[call.tool, call.arguments] for call in turn.expect.calls],
            turn.results,
        ]
        for turn in case.turns
    ]
    return tool_bytes(case) + _bytes(said)


def tool_bytes(case: Case) -> int:
    """Return about the bytes of the tools in it."""
    return _bytes([[tool.name, tool.description, tool.parameters] for tool in case.tools])


def input_tokens(case: Case) -> int:
    """Return about the tokens of the last request; a tokenizer makes rather fewer of it."""
    return -(-input_bytes(case) // BYTES_PER_TOKEN)


def prompt_bytes(case: Case) -> int:
    """Return the bytes of what is said in it."""
    return sum(
        len(message.content.encode("utf-8", "surrogatepass"))
        for turn in case.turns
        for message in turn.messages
    )


def _bytes(value: Json) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
