"""How a text is cut into the increments of a stream."""

import random
import re
from collections.abc import Iterable
from pathlib import Path

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.engines.tokenizers import VOCABULARIES, checked, installed, tokens

__all__ = ["ALL_CUTS", "USUAL_CUT", "around", "cut", "cuts_named", "told"]

USUAL_CUT = "token"
_PLAIN = (USUAL_CUT, "pieces", "markers", "whole", "random")
ALL_CUTS = (*_PLAIN, *(f"chars:{n}" for n in range(1, 13)))
_TOKENIZER = "tokenizer:"

# What byte-pair tokenizers tend to make of text: a word with the space before it, up to three
# digits, a run of punctuation, a run of space. What begins a tag, and the word in it, are tokens
# that engines count on.
_WHOLE = r"</?|(?<=<)[a-z_]+|(?<=</)[a-z_]+"
_PIECE = re.compile(rf"({_WHOLE})| ?[^\W\d_]+|\d{{1,3}}|[^\w\s<]+|_+|\s+")
_WORD = re.compile(r"[a-z_]+")
_SIZES = (1, 2, 3, 4, 4, 6, 8, 12)


def cuts_named(names: Iterable[str], vocabulary: str = "") -> tuple[str, ...]:
    """Return the cuts that are asked for, ``all`` spelled out; raises UsageError.

    Beside those of ALL_CUTS there are ``chars:N`` and ``tokenizer:NAME``, where NAME is one of
    ``toolfuzz.engines.tokenizers`` or the path of a model's ``tokenizer.json``. ``token`` is the
    family's ``vocabulary`` where it is installed, else ``pieces``.
    """
    found: list[str] = []
    for name in names:
        found += ALL_CUTS if name == "all" else [_checked(name)]
    usual = f"{_TOKENIZER}{vocabulary}" if vocabulary and installed(vocabulary) else "pieces"
    return tuple(
        dict.fromkeys(usual if name == USUAL_CUT else name for name in found or [USUAL_CUT])
    )


def told(name: str) -> str:
    """Say how increments came about, as the end of the sentence "The text was cut …"."""
    kind, _, rest = name.partition(":")
    if kind == "tokenizer" and rest in VOCABULARIES:
        vocabulary = VOCABULARIES[rest]
        return f"by {vocabulary.title} tokenizer (package {vocabulary.package})"
    if kind == "tokenizer":
        return f"by {Path(rest).name}"
    if kind == "chars":
        return f"every {rest} characters" if rest != "1" else "at every character"
    return {
        "pieces": "into made-up pieces like a tokenizer's",
        "markers": "around the format's markers alone",
        "random": "into pieces of random length",
    }.get(name, "nowhere")


def _checked(name: str) -> str:
    if name.startswith(_TOKENIZER):
        return f"{_TOKENIZER}{checked(name.removeprefix(_TOKENIZER))}"
    size = name.removeprefix("chars:")
    if name in ALL_CUTS or (size != name and size.isdecimal() and int(size) > 0):
        return name
    known = [*_PLAIN, "chars:N", "tokenizer:NAME", "all"]
    raise UsageError(
        f"unknown cut {name!r}", did_you_mean(name, known) or f"there are {', '.join(known)}"
    )


def cut(text: str, name: str, markers: Iterable[str], rng: random.Random) -> list[str]:
    """Cut the text; the pieces joined are the text.

    ``pieces`` keeps every marker whole, as a tokenizer that knows it as one token does, and the
    words of tags, and cuts the rest into token-like pieces; ``tokenizer:NAME`` cuts as that model
    does, whose packaged vocabulary may lack the markers: they stay whole; ``markers`` cuts around
    markers alone; ``random`` and ``chars:N`` cut through markers, too; ``whole`` does not cut.
    """
    if not text:
        return []
    if name == "whole":
        return [text]
    if name == "random":
        return list(_pieces(text, rng))
    if name.startswith("chars:"):
        size = int(name.removeprefix("chars:"))
        return [text[n : n + size] for n in range(0, len(text), size)]
    if name == "markers":
        return around(text, markers)
    tokenizer = name.removeprefix(_TOKENIZER) if name.startswith(_TOKENIZER) else ""
    if tokenizer and tokenizer not in VOCABULARIES:
        return tokens(text, tokenizer)  # a whole tokenizer, which knows the markers itself
    known, pieces, in_tag = set(markers), list[str](), False
    for part in around(text, known):
        if part in known:
            pieces.append(part)
        elif tokenizer:
            pieces += tokens(part, tokenizer)
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
