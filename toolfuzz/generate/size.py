"""How long a case's prompt is, before it is written in any wire format."""

import json

from toolfuzz.core.case import Case

__all__ = ["BYTES_PER_TOKEN", "input_bytes", "input_tokens"]

BYTES_PER_TOKEN = 3
"""Of JSON: rather too few bytes, so that what is said to fit does."""


def input_bytes(case: Case) -> int:
    """Return about the bytes of the last request: tools, prompts, calls and their results."""
    tools = [[tool.name, tool.description, tool.parameters] for tool in case.tools]
    said = [
        [
            [message.content for message in turn.messages],
            [[call.tool, call.arguments] for call in turn.expect.calls],
            turn.results,
        ]
        for turn in case.turns
    ]
    return len(json.dumps([tools, said], ensure_ascii=False).encode("utf-8", "surrogatepass"))


def input_tokens(case: Case) -> int:
    """Return about the tokens of the last request; a tokenizer makes rather fewer of it."""
    return -(-input_bytes(case) // BYTES_PER_TOKEN)
