"""What a model family's text is, and the checks that families share."""

import json
import keyword
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.case import ExpectedCall, Tool

__all__ = [
    "Family",
    "NotExpressible",
    "Thinking",
    "UnreadableText",
    "carries",
    "dump",
    "is_python_name",
    "load",
]


class NotExpressible(Exception):  # noqa: N818 - it reports a limit of the format, not an error
    """The format has no unambiguous text for this value; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableText(ValueError):  # noqa: N818 - named for the text, like NotExpressible
    """Text that begins a call in the family's format and does not follow it to the end."""


@dataclass(frozen=True, slots=True)
class Thinking:
    """How a family writes its reasoning, which stands before everything else.

    ``opening`` and ``closing`` stand around it. ``prompted``: the prompt ends with the opening, so
    the model doesn't write it. ``marks`` are those that the tokenizer keeps whole beside the
    family's own. ``answer`` writes the prose that follows (which may be empty), where that is
    written in another way than without reasoning.
    """

    opening: str
    closing: str
    marks: tuple[str, ...] = ()
    prompted: bool = False
    answer: Callable[[str], str] = str

    def write(self, reasoning: str, content: str) -> str:
        """Return what the model writes before its calls."""
        opening = "" if self.prompted else self.opening
        return f"{opening}{reasoning}{self.closing}{self.answer(content)}"


@dataclass(frozen=True, slots=True)
class Family:
    """How one model family writes tool calls.

    ``source`` is where the format is documented. ``parsers`` are the names under which serving
    engines know it (``-`` and ``_`` are alike). ``markers`` are the strings that the family's
    tokenizer keeps whole and that frame a call. ``render`` raises NotExpressible; ``read`` is the
    reference reader: ``read(render(calls, tools), tools) == calls``, text without a call reads
    as no calls, and broken text raises UnreadableText. Where the text numbers its calls,
    ``count_on`` numbers them on from so many of earlier turns. ``between`` is what its template
    writes between prose and the calls after it; None: a reply with calls begins with them.
    ``tokenizer`` names the models' vocabulary in ``toolfuzz.engines.tokenizers``, if a package
    carries it.
    ``after`` stands between the calls and prose behind them; None: nothing can follow them.
    ``thinking`` is how it reasons; None: it doesn't, or not in a text of its own. ``bare``: a call
    has no markers and is told by its shape alone.
    ``quotes``: strings may hold the markers, because they stand in JSON and can't be taken for the
    frame; where a marker is a token, it is the same token in both, and nobody can tell.
    """

    name: str
    title: str
    source: str
    parsers: tuple[str, ...]
    markers: tuple[str, ...]
    render: Callable[[Sequence[ExpectedCall], Sequence[Tool]], str]
    read: Callable[[str, Sequence[Tool]], list[ExpectedCall]]
    count_on: Callable[[str, int], str] = lambda text, earlier: text
    between: str | None = None
    tokenizer: str = ""
    after: str | None = None
    thinking: Thinking | None = None
    bare: bool = False
    quotes: bool = False


def dump(value: Any) -> str:
    """Write JSON the way chat templates' ``tojson`` does: spaces after , and :, no escapes."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def load(text: str) -> Any:
    """Read JSON; NaN and Infinity are not JSON. Raises UnreadableText."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        raise UnreadableText(f"not JSON: {error}") from None


def _no_constant(token: str) -> None:
    raise ValueError(f"{token} is no JSON number")


def carries(markers: Iterable[str], calls: Sequence[ExpectedCall]) -> None:
    """Raise NotExpressible if a name, key or string holds one of the format's own markers."""
    for call in calls:
        for text in _strings([call.tool, call.arguments]):
            for marker in markers:
                if marker in text:
                    raise NotExpressible(f"a string contains the format's own {marker!r}")


def is_python_name(name: str) -> bool:
    """Whether Python reads it as a name: in NFKC form, so only ASCII ones keep their spelling."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
