"""Members that stand in the text of another one, in the markup in which the model wrote them."""

import re
from collections.abc import Iterable, Iterator

from toolfuzz.core.case import JsonObject

__all__ = ["spilled"]

_MOST = 50
_LONGEST = 200_000
_NS = r"(?:[\w.-]{1,40}:|[^\w\s<>]{1,4}\s?DSML\s?[^\w\s<>]{1,4}\s?)?"


def spilled(
    came: JsonObject, names: Iterable[str], intended: JsonObject | None = None
) -> Iterator[tuple[str, str]]:
    """Yield (key, name): the text at ``key``, or the key itself, goes on with member ``name``.

    ``intended`` are the right values: what a text should hold is no spill. One name is enough
    for each text.
    """
    wanted = [name for name in names if name not in came][:_MOST]
    for key, value in list(came.items())[:_MOST]:
        text = value if isinstance(value, str) else ""
        if "<" not in key and "<" not in text[:_LONGEST]:
            continue
        right = intended.get(key) if intended is not None else None
        for name in wanted:
            if intended is None and f"<{key}>" in text:
                # A text may be XML itself, with elements that are called like parameters.
                continue
            if _goes_on(key, text[:_LONGEST], name) and not (
                isinstance(right, str) and _goes_on(key, right, name)
            ):
                yield key, name
                break


def _goes_on(key: str, text: str, name: str) -> bool:
    own, other = re.escape(key), re.escape(name)
    opened = (
        rf"(?:<{other}>|<{_NS}parameter(?:=|\s+name\s*=\s*)[\"']?{other}\b|<arg_key>\s*{other}\b)"
    )
    closed = rf"</(?:{_NS}(?:{own}|parameter)|arg_value)>?"
    if re.search(rf"{closed}\s*{opened}", text):
        return True
    # The key was cut at the wrong tag: what is behind it is another key with its value.
    return re.match(rf"\s*{other}\s*</arg_key>", text) is not None
