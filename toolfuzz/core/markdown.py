"""Hostile text in Markdown: in a code span, in a fence, or in a sentence, where it is inert."""

import re
from collections.abc import Iterator, Sequence

from toolfuzz.core.text import printable

__all__ = ["code", "fenced", "sentence", "table"]

# An underscore within a word acts on nothing: https://github.github.com/gfm/#emphasis-and-strong-emphasis
_ACTS = re.compile(r"([\\`*\[\]#|~]|(?<![^\W_])_|_(?![^\W_]))")


def code(text: str, *, in_table: bool = False) -> str:
    """Put text into a code span; its fence is longer than any run of backticks inside.

    A table splits at pipes before it reads code spans, and unescapes them itself:
    https://github.github.com/gfm/#example-200
    """
    safe = printable(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", safe)), default=0) + 1)
    pad = " " if safe[:1] in ("`", " ") or safe[-1:] in ("`", " ", "") else ""
    if in_table:
        safe = safe.replace("|", "\\|")
    return f"{fence}{pad}{safe}{pad}{fence}"


def fenced(text: str, language: str = "") -> str:
    """Put hostile text between fences that nothing in it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{printable(text, keep_newlines=True).rstrip()}\n{fence}"


def sentence(text: str) -> str:
    """Escape what Markdown or HTML would act on in a sentence."""
    text = _ACTS.sub(r"\\\1", printable(text))
    text = text.replace("<", "&lt;").replace("@", "@\u200c")
    # Else GitHub makes links: https://github.github.com/gfm/#autolinks-extension-
    return text.replace("://", ":\u200c//").replace("www.", "www\u200c.")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Return the lines of a table; the cells are Markdown already."""
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
