"""Values as findings show them: short, and safe to write to any file."""

import json
from typing import overload

from toolfuzz.core.case import Json
from toolfuzz.core.json import dumps

__all__ = ["clip"]

_MOST_TEXT = 300
_MOST_JSON = 2000


@overload
def clip(value: str, most: int = ...) -> str: ...
@overload
def clip(value: Json, most: int = ...) -> Json: ...


def clip(value: Json, most: int = _MOST_TEXT) -> Json:
    """Return the value itself when it is small, else the beginning of its text or JSON.

    Lone surrogates are spelled out, because UTF-8 files can't hold them; so are NaN and infinity.
    """
    if isinstance(value, str):
        text = value if len(value) <= most else value[: most - 1] + "…"
        return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    if not isinstance(value, dict | list):
        return value
    try:
        text = dumps(value)
        if len(text) <= _MOST_JSON:
            json.dumps(value, allow_nan=False)
            text.encode()
            return value
    except RecursionError:
        return "…"
    except ValueError:
        pass
    return clip(text, most)
