"""What the simulated faults of argument texts share."""

import re
from typing import Any

from toolfuzz.judge.faults.frames import NOTHING

__all__ = ["json_tokens", "unless_unchanged"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[-+.\deE]*|true|false|null')


def json_tokens(raw: str) -> list[re.Match[str]]:
    """The scalar tokens of the JSON text, keys left out."""
    found = list(_TOKEN.finditer(raw))
    return [t for t in found if not re.match(r"\s*:", raw[t.end() :])]


def unless_unchanged(raw: str, text: str) -> Any:
    """Return the text, NOTHING when it is the same."""
    return NOTHING if text == raw else text
