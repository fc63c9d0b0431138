"""A call of a stream: its pieces, and what a strict client would trip over."""

import re
from dataclasses import dataclass, field
from typing import Any

from toolfuzz.core.reply import ToolCall

__all__ = ["Damage", "StreamedCall"]

_BRACKET = re.compile(r'\\.|["{}\[\]]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Damage:
    """What a stream did to one call's arguments, and what they were before it.

    kind: ``grown`` (deltas repeat what was sent) · ``twice`` (a delta came twice) · ``headless`` ·
    ``tailless`` · ``gap`` (a piece in the middle is lost) · ``swapped`` (with another call's) ·
    ``differs`` (from the whole that came as well) · ``at-once`` (no damage: all in one piece).
    """

    kind: str
    message: str
    came: str = ""
    repaired: str | None = None


@dataclass(slots=True)
class StreamedCall:
    """A call under assembly.

    ``arrival`` counts the calls as they began, ``position`` as they stand in the reply.
    ``pieces`` are the argument deltas in order, ``opening`` of them came with the first event;
    ``wholes`` are what done, close and final events gave as the full argument string, ``whole`` the
    last of them. ``other`` is an arguments value of another JSON type than string.

    What a strict client would trip over: ``unindexed`` says which event had no index, arguments
    came under the index ``strayed_to`` that nobody opened, another call has the same index
    (``slot_shared``), an ``other_id``, an id or name that came after the first event, a name
    that came ``spoken`` times or in pieces, ``blanked`` fields of later events, events after the
    call's end (``after_close``), arguments ``inline`` in the event that opens it. ``damage`` is
    what the stream did to the arguments. ``free``: they are text and no JSON. ``extra`` is what the
    service wants back with the call, as it came last.
    """

    slot: int | None
    arrival: int = 0
    position: int = 0
    item_id: str | None = None
    free: bool = False
    extra: Any = None
    id: str | None = None
    names: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    opening: int = 0
    whole: str | None = None
    wholes: list[str] = field(default_factory=list)
    other: Any = None
    has_arguments: bool = False
    has_text: bool = False
    events: int = 0
    closed: bool = False
    other_id: str | None = None
    unindexed: str = ""
    strayed_to: int | None = None
    slot_shared: bool = False
    id_came_late: bool = False
    name_came_late: bool = False
    name_came_blank: bool = False
    blanked: str = ""
    after_close: bool = False
    inline: bool = False
    spoken: int = 0
    name_in_pieces: bool = False
    scanned: int = 0
    depth: int = 0
    began: bool = False
    in_string: bool = False
    carry: str = ""
    damage: Damage | None = None

    @property
    def name(self) -> str | None:
        """The first name that came."""
        return self.names[0] if self.names else None

    def complete(self) -> bool:
        """Whether the brackets opened so far are closed again. Each piece is looked at once."""
        text = self.carry + "".join(self.pieces[self.scanned :])
        self.scanned = len(self.pieces)
        self.carry = ""
        if text.endswith("\\") and (len(text) - len(text.rstrip("\\"))) % 2:
            self.carry, text = "\\", text[:-1]
        for match in _BRACKET.finditer(text):
            token = match[0]
            if self.in_string:
                self.in_string = token != '"'
            elif token == '"':
                self.in_string = True
            elif token in "{[":
                self.began = True
                self.depth += 1
            elif token in "}]":
                self.depth -= 1
        return self.whole is not None or (
            self.began and self.depth <= 0 and not self.in_string and not self.carry
        )

    def tool_call(self) -> ToolCall:
        """Return the call as assembled; ``loss`` may know better what the arguments were."""
        raw: str | None = "".join(self.pieces)
        if self.other is not None and not self.pieces:
            return ToolCall(
                self.id, self.name, None, self.other, True, "stream", self.extra, self.free
            )
        if not raw and self.whole is not None:
            raw = self.whole
        if not raw and not self.has_text and self.whole is None:
            sent = self.has_arguments
            return self._made(None, sent=sent)
        return self._made(raw)

    def _made(self, raw: str | None, other: Any = None, *, sent: bool = True) -> ToolCall:
        return ToolCall(self.id, self.name, raw, other, sent, "stream", self.extra, self.free)
