"""``${NAME}`` in texts that people write down: values of variables, so that no file holds a secret.

``${NAME:-default}`` and ``${env:NAME}`` are read as well, as Claude Code's and VS Code's files for
MCP servers have them (https://code.claude.com/docs/en/mcp,
https://code.visualstudio.com/docs/reference/variables-reference).
"""

import os
import re
from collections.abc import Mapping

from toolfuzz.core.errors import UsageError

__all__ = ["filled", "holds_variable"]

_PLACE = re.compile(r"\$\{([^{}]*)\}")
_VARIABLE = re.compile(r"(?:env:)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>.*))?")


def holds_variable(text: str) -> bool:
    """Whether a variable's value stands somewhere in it."""
    return _PLACE.search(text) is not None


def filled(text: str, place: str, known: Mapping[str, str] | None = None) -> str:
    """Return the text with the variables' values; ``known`` are words that aren't variables.

    Raises UsageError, which names ``place``, for a variable that isn't set and for a word that is
    none (``${input:token}``).
    """
    return _PLACE.sub(lambda found: _value(found[1], place, known or {}), text)


def _value(word: str, place: str, known: Mapping[str, str]) -> str:
    if word in known:
        return known[word]
    variable = _VARIABLE.fullmatch(word)
    if variable is None:
        raise UsageError(f"{place}: ${{{word}}} is no variable", "write ${NAME} and set NAME")
    name, default = variable["name"], variable["default"]
    value = os.environ.get(name, "").strip()
    if not value and default is None:
        raise UsageError(f"{place}: {name} is not set", f"export {name}=…, or give --env-file")
    return value or default
