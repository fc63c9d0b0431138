"""How a text is cut into the increments of a stream."""

import random
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from toolfuzz.core.errors import UsageError, did_you_mean

__all__ = ["ALL_CUTS", "USUAL_CUT", "around", "cut", "cuts_named"]

USUAL_CUT = "token"
ALL_CUTS = (USUAL_CUT, "markers", "whole", "random", *(f"chars:{n}" for n in range(1, 13)))
_FILE = "tokenizer:"

# What byte-pair tokenizers tend to make of text: a word with the space before it, up to three
# digits, a run of punctuation, a run of space. What begins a tag, and the word in it, are tokens
# that engines count on.
_WHOLE = r"</?|(?<=<)[a-z_]+|(?<=</)[a-z_]+"
_PIECE = re.compile(rf"({_WHOLE})| ?[^\W\d_]+|\d{{1,3}}|[^\w\s<]+|_+|\s+")
_WORD = re.compile(r"[a-z_]+")
_SIZES = (1, 2, 3, 4, 4, 6, 8, 12)


def cuts_named(names: Iterable[str]) -> tuple[str, ...]:
    """Return the cuts that are asked for, ``all`` spelled out; raises UsageError.

    Beside those of ALL_CUTS there are ``chars:N`` and ``tokenizer:FILE``, where FILE is a model's
    ``tokenizer.json``.
    """
    found: list[str] = []
    for name in names:
        found += ALL_CUTS if name == "all" else [_checked(name)]
    return tuple(dict.fromkeys(found)) or (USUAL_CUT,)


def _checked(name: str) -> str:
    if name.startswith(_FILE):
        path = Path(name.removeprefix(_FILE)).resolve()
        _tokenizer(path)
        return f"{_FILE}{path}"
    size = name.removeprefix("chars:")
    if name in ALL_CUTS or (size != name and size.isdecimal() and int(size) > 0):
        return name
    known = [*ALL_CUTS[:4], "chars:N", "tokenizer:FILE", "all"]
    raise UsageError(
        f"unknown cut {name!r}", did_you_mean(name, known) or f"there are {', '.join(known)}"
    )


def cut(text: str, name: str, markers: Iterable[str], rng: random.Random) -> list[str]:
    """Cut the text; the pieces joined are the text.

    ``token`` keeps every marker whole, as a tokenizer that knows it as one token does, and the
    words of tags, and cuts the rest into token-like pieces; ``markers`` cuts around markers alone;
    ``random`` and ``chars:N`` cut through markers, too; ``whole`` does not cut;
    ``tokenizer:FILE`` cuts as that model does.
    """
    if not text:
        return []
    if name == "whole":
        return [text]
    if name == "random":
        return list(_pieces(text, rng))
    if name.startswith(_FILE):
        return _tokens(text, Path(name.removeprefix(_FILE)))
    if name.startswith("chars:"):
        size = int(name.removeprefix("chars:"))
        return [text[n : n + size] for n in range(0, len(text), size)]
    if name == "markers":
        return around(text, markers)
    known, pieces, in_tag = set(markers), list[str](), False
    for part in around(text, known):
        if part in known:
            pieces.append(part)
        else:
            pieces += _token_like(part, rng, in_tag=in_tag)
            in_tag = part.endswith(("<", "</"))
    return pieces


def around(text: str, markers: Iterable[str]) -> list[str]:
    """Return the markers that stand in the text, and what stands between them."""
    longest_first = sorted(markers, key=len, reverse=True)
    frame = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")
    return [part for part in frame.split(text) if part]


def _token_like(text: str, rng: random.Random, *, in_tag: bool) -> list[str]:
    """Cut what no marker is in; ``in_tag``: a marker stands in a tag, and the tag's word here."""
    word = _WORD.match(text)
    pieces = [word[0]] if in_tag and word else []
    for match in _PIECE.finditer(text, len(pieces[0]) if pieces else 0):
        pieces += [match[0]] if match[1] else _pieces(match[0], rng)
    return pieces


def _pieces(text: str, rng: random.Random) -> Iterable[str]:
    while text:
        size = rng.choice(_SIZES)
        yield text[:size]
        text = text[size:]


def _tokens(text: str, path: Path) -> list[str]:
    """Cut where the tokenizer does; a token that ends inside a character waits for the next."""
    encoded = _tokenizer(path).encode(text, add_special_tokens=False)
    offsets: Sequence[tuple[int, int]] = encoded.offsets
    ends = sorted({end for _, end in offsets if 0 < end < len(text)})
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]


@cache
def _tokenizer(path: Path) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise UsageError(
            "tokenizer:FILE needs the package tokenizers", "pip install 'toolfuzz[tokenizers]'"
        ) from None
    if not path.is_file():
        raise UsageError(f"{path} is no file", "name a model's tokenizer.json")
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise UsageError(f"{path} is no tokenizer.json: {error}", None) from None
