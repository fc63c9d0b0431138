"""What stands around the calls in a text that an engine's parser was given."""

from dataclasses import dataclass
from typing import Literal, get_args

from toolfuzz.core.case import JsonObject

__all__ = ["Cut", "Given", "given_of"]

Cut = Literal["name", "arguments", "end"]
"""Where the text of the last call ends too early: in its name, in its arguments, or behind them."""

_TOLD: dict[Cut, str] = {
    "name": "inside the name of its last call",
    "arguments": "inside the arguments of its last call",
    "end": "before the last call's end is marked",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What must come back beside the calls, to the letter but for space at its ends.

    ``content`` is the prose before the calls (or the whole answer where there are none), ``after``
    the prose behind them, ``reasoning`` what was thought first. ``cut``: the generation ended
    there, at its token limit.
    """

    content: str = ""
    after: str = ""
    reasoning: str = ""
    cut: Cut | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """What a reader of the text should know of it, as ends of the sentence "The text …"."""
        said = []
        if self.reasoning:
            said.append("begins with reasoning")
        if self.after:
            said.append("goes on with prose after the calls")
        if self.cut is not None:
            said.append(f"ends {_TOLD[self.cut]}, as at max_tokens")
        return tuple(said)


def given_of(request: JsonObject) -> Given | None:
    """Return what an engine's parser was given around the calls; None for a model's request."""
    if "parser" not in request or not isinstance(request.get("content"), str):
        return None
    texts = {key: request[key] for key in ("content", "after", "reasoning") if key in request}
    if not all(isinstance(text, str) for text in texts.values()):
        return None
    cut = request.get("cut")
    return Given(**texts, cut=cut if cut in get_args(Cut) else None)
