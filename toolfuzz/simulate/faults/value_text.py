"""Strings that are damaged on the way (group C of the catalogue)."""

import html
import json
import re
from random import Random
from typing import Any

from toolfuzz.simulate.faults.mutate import KEEP, changes, plain_string
from toolfuzz.simulate.schema import Place

_DELIMITER = re.compile(
    r"</(?:parameter|arg_value|arg_key|tool_call|function|invoke)>|<\|im_end\|>|<tool_call>"
)


@changes("whitespace-stripped")
def whitespace_stripped(place: Place, rng: Random) -> Any:
    """Space at the ends of a string is lost."""
    text = place.value
    if not isinstance(text, str) or not text.strip() or text.strip() == text:
        return KEEP
    return text.strip()


@changes("whitespace-added")
def whitespace_added(place: Place, rng: Random) -> Any:
    """The line breaks of the native format stay around a string."""
    fits = plain_string(place) and place.value and place.value.strip() == place.value
    return f"\n{place.value}\n" if fits else KEEP


@changes("html-entity-encoded")
def html_entity_encoded(place: Place, rng: Random) -> Any:
    """Special characters become entities."""
    return _unless_same(place, html.escape)


@changes("html-entity-decoded")
def html_entity_decoded(place: Place, rng: Random) -> Any:
    """Entities that belong to the text are decoded."""
    return _unless_same(place, html.unescape)


@changes("delimiter-truncated")
def delimiter_truncated(place: Place, rng: Random) -> Any:
    """A string ends where it holds a tag of the native format."""
    return _unless_same(place, lambda text: _DELIMITER.split(text, maxsplit=1)[0])


@changes("escape-level-shift")
def escape_level_shift(place: Place, rng: Random) -> Any:
    """Escapes are written once too often."""
    return _unless_same(place, lambda text: json.dumps(text, ensure_ascii=False)[1:-1])


@changes("value-emptied")
def value_emptied(place: Place, rng: Random) -> Any:
    """A string is lost and an empty one stands in its place.

    Not one that begins with a tag: that would be ``delimiter-truncated``.
    """
    fits = plain_string(place) and place.value.strip()[:1] not in ("", "<", "[")
    return "" if fits else KEEP


@changes("reasoning-leak-in-args")
def reasoning_leak_in_args(place: Place, rng: Random) -> Any:
    """The end of the reasoning stands at the start of a string."""
    return f"</think>\n{place.value}" if plain_string(place) else KEEP


@changes("args-unicode-corrupt")
def args_unicode_corrupt(place: Place, rng: Random) -> Any:
    """UTF-8 is decoded in pieces, so that characters become U+FFFD."""
    text = place.value
    if not isinstance(text, str) or text.isascii():
        return KEEP
    at = next(n for n, char in enumerate(text) if not char.isascii())
    return text[:at] + "\ufffd" * len(text[at].encode(errors="replace")) + text[at + 1 :]


def _unless_same(place: Place, change: Any) -> Any:
    if not isinstance(place.value, str) or "enum" in place.schema:
        return KEEP
    changed = change(place.value)
    return KEEP if changed == place.value else changed
