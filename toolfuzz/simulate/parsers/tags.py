"""Native formats that write each argument between tags, with no mark of its type.

Strings stand raw and everything else as JSON, so only the tool's schema can say what ``5`` is.
Unlike the checked writers of ``engines.native``, these write whatever they are given, as a model
does: a value may hold the format's own tags.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import Call

__all__ = ["GLM", "MINIMAX", "QWEN", "TAGGED", "Split", "Tagged", "split"]


@dataclass(frozen=True, slots=True)
class Tagged:
    """One such format: what stands before the name, around a key and its value, and at the end.

    ``frame`` stands around all calls of a reply.
    """

    name: str
    opening: str
    after_name: str
    before_key: str
    after_key: str
    after_value: str
    closing: str
    frame: tuple[str, str] = ("", "")

    def write(
        self, calls: Sequence[Call], to_text: Callable[["Tagged", Any], str] | None = None
    ) -> str:
        """Return the calls as the model writes them."""
        write = to_text or (lambda _, value: _plain_text(value))
        written = "\n".join(
            f"{self.opening}{call.name}{self.after_name}"
            + self.arguments(call.arguments, write)
            + self.closing
            for call in calls
        )
        return f"{self.frame[0]}{written}{self.frame[1]}"

    def arguments(self, values: JsonObject, to_text: Callable[["Tagged", Any], str]) -> str:
        """Return the tagged arguments of one call."""
        return "".join(
            f"{self.before_key}{key}{self.after_key}{to_text(self, value)}{self.after_value}"
            for key, value in values.items()
        )


GLM = Tagged(
    "glm",
    "<tool_call>",
    "\n",
    "<arg_key>",
    "</arg_key>\n<arg_value>",
    "</arg_value>\n",
    "</tool_call>",
)
QWEN = Tagged(
    "qwen-xml",
    "<tool_call>\n<function=",
    ">\n",
    "<parameter=",
    ">\n",
    "\n</parameter>\n",
    "</function>\n</tool_call>",
)
MINIMAX = Tagged(
    "minimax",
    '<invoke name="',
    '">\n',
    '<parameter name="',
    '">',
    "</parameter>\n",
    "</invoke>",
    ("<minimax:tool_call>\n", "\n</minimax:tool_call>"),
)
TAGGED = {tagged.name: tagged for tagged in (GLM, QWEN, MINIMAX)}


def _plain_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Split:
    """A call taken apart, its values still text; ``rest`` is text that belongs to no argument."""

    name: str
    values: dict[str, str]
    rest: str = ""


def split(tagged: Tagged, text: str, *, first_close: bool = False) -> list[Split]:
    """Take the calls apart.

    A value ends where its closing tag is followed by the next argument or the end of the call;
    with ``first_close`` at the first closing tag, whatever follows.
    """
    calls = []
    text = text.removeprefix(tagged.frame[0]).removesuffix(tagged.frame[1])
    ending = re.escape(tagged.closing)
    for body in re.split(rf"{ending}(?:\n(?={re.escape(tagged.opening)})|\Z)", text):
        if not body.startswith(tagged.opening):
            continue
        name, _, rest = body.removeprefix(tagged.opening).partition(tagged.after_name)
        calls.append(_arguments(tagged, name, rest, first_close))
    return calls


def _arguments(tagged: Tagged, name: str, text: str, first_close: bool) -> Split:
    values: dict[str, str] = {}
    spilled = []
    for part in _parts(tagged, text, first_close):
        key, _, tail = part.partition(tagged.after_key)
        close = tail.find(tagged.after_value.strip("\n")) if first_close else -1
        if close >= 0:
            spilled.append(tail[close + len(tagged.after_value.strip("\n")) :].strip("\n"))
            values[key] = tail[:close].removesuffix("\n") if tagged is QWEN else tail[:close]
        else:
            values[key] = tail.removesuffix(tagged.after_value)
    return Split(name, values, "".join(spilled))


def _parts(tagged: Tagged, text: str, first_close: bool) -> list[str]:
    """The text of each argument from its key on, closing tag included."""
    if not text.startswith(tagged.before_key):
        return []
    if first_close:
        return text.removeprefix(tagged.before_key).split(tagged.before_key)
    seam = tagged.after_value + tagged.before_key
    parts = text.removeprefix(tagged.before_key).split(seam)
    return [part + tagged.after_value for part in parts[:-1]] + parts[-1:]
