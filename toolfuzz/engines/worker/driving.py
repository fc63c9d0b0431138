"""What readers put to an engine's serving code, whichever engine it is."""

import inspect
from typing import Any

THINKING = {"thinking": True, "enable_thinking": True}
"""What a client sends to switch reasoning on, in the words of all families."""


def messages(history_calls: int) -> list[dict[str, Any]]:
    """Return a conversation in which so many calls were made before."""
    said: list[dict[str, Any]] = [{"role": "user", "content": "-"}]
    if history_calls:
        function = {"name": "f", "arguments": "{}"}
        calls = [
            {"id": f"call_{n}", "type": "function", "function": function}
            for n in range(history_calls)
        ]
        said.append({"role": "assistant", "content": None, "tool_calls": calls})
    return said


def fitting(function: Any, known: dict[str, Any]) -> dict[str, Any]:
    """Return those of the known arguments that this version's signature has."""
    wanted = inspect.signature(function).parameters
    return {name: value for name, value in known.items() if name in wanted}


def call(function: Any, **known: Any) -> Any:
    """Call with those of the known arguments that this version's signature has."""
    return function(**fitting(function, known))
