"""JSON that any reader takes: no half characters, no NaN, nothing that steers a terminal."""

import json
import math
import re
from typing import Any

__all__ = ["dumped"]

_HALF = re.compile("[\ud800-\udfff]")
# C1 controls, and the characters that reorder or hide text; JSON itself escapes those below 32.
_HIDING = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def dumped(value: Any) -> str:
    """Return a value as JSON on one line, valid wherever JSON is read strictly (RFC 8259, I-JSON).

    A lone surrogate, which no UTF-8 can hold, becomes the text of its escape; a number that is
    none (NaN, an infinity) becomes a string.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, allow_nan=False)
    text = _HALF.sub(lambda found: f"\\\\u{ord(found[0]):04x}", text)
    return _HIDING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _finite(value: Any) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {name: _finite(held) for name, held in value.items()}
        case list() | tuple():
            return [_finite(held) for held in value]
        case _:
            return value
