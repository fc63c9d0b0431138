"""Fragments of a stream to calls, tolerantly; what a strict client would trip over is a finding.

A call starts at an index that is new and brings a name or an id. Without an index, a new id or a
name after complete arguments starts one. Everything else continues the call of its index, else
the last one that is open. Work is linear in fragments and bytes.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from toolfuzz.core import json as strictjson
from toolfuzz.core.reply import Fragment, Reply, ToolCall
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats import wire_format
from toolfuzz.judge.catalogue import finding

__all__ = ["StreamedCall", "assemble"]

_BRACKET = re.compile(r'\\.|["{}\[\]]', re.DOTALL)


@dataclass(slots=True)
class StreamedCall:
    """A call under assembly.

    ``pieces`` are the argument deltas in order, ``opening`` of them came with the first event;
    ``whole`` is what a done, close or final event gave as the full argument string. ``other`` is
    an arguments value of another JSON type than string.
    """

    slot: int | None
    position: int = 0
    item_id: str | None = None
    id: str | None = None
    names: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    opening: int = 0
    whole: str | None = None
    other: Any = None
    has_arguments: bool = False
    has_text: bool = False
    events: int = 0
    blank_name: bool = False
    closed: bool = False
    scanned: int = 0
    depth: int = 0
    began: bool = False
    in_string: bool = False
    carry: str = ""

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
            return ToolCall(self.id, self.name, None, self.other, True, "stream")
        if not raw and self.whole is not None:
            raw = self.whole
        if not raw and not self.has_text and self.whole is None:
            return ToolCall(self.id, self.name, None, None, self.has_arguments, "stream")
        return ToolCall(self.id, self.name, raw, None, True, "stream")


def assemble(
    reply: Reply, offered: Collection[str]
) -> tuple[list[StreamedCall], tuple[Finding, ...]]:
    """Return the calls of a streamed reply and what is wrong with how they were sent.

    A habit that shows in several calls is one finding, at the first call it hurts.
    """
    assembler = _Assembler(reply, offered)
    for fragment in reply.fragments:
        assembler.hear(fragment)
    assembler.finish()
    return assembler.calls, tuple(assembler.found.values())


class _Assembler:
    def __init__(self, reply: Reply, offered: Collection[str]) -> None:
        self.traits = wire_format(reply.api).traits
        self.offered = offered
        self.calls: list[StreamedCall] = []
        self.by_slot: dict[int, StreamedCall] = {}
        self.by_id: dict[str, StreamedCall] = {}
        self.found: dict[str, Finding] = {}
        self.named_slots = {f.slot for f in reply.fragments if f.id or f.name}

    def note(self, slug: str, call: StreamedCall, message: str) -> None:
        if slug not in self.found:
            self.found[slug] = finding(slug, message, call=call.position)

    def hear(self, fragment: Fragment) -> None:
        if fragment.kind == "open":
            self._open(fragment)
        elif fragment.kind == "delta":
            self._delta(fragment)
        else:
            self._end(fragment)

    def _new(self, fragment: Fragment) -> StreamedCall:
        call = StreamedCall(fragment.slot, position=len(self.calls), item_id=fragment.item_id)
        self.calls.append(call)
        if fragment.slot is not None:
            self.by_slot[fragment.slot] = call
        return call

    # --- which call a fragment belongs to

    def _delta(self, fragment: Fragment) -> None:
        call = self._route(fragment)
        if call.closed and self.traits.closes:
            self.note("anthropic-delta-after-stop", call, "a delta for a block that was closed")
        self._take_id(call, fragment)
        self._take_name(call, fragment)
        self._take_arguments(call, fragment)
        call.events += 1

    def _route(self, fragment: Fragment) -> StreamedCall:
        if not self.traits.indexed:
            return self._route_block(fragment)
        if fragment.slot is None:
            call = self._by_identity(fragment)
            self.note("idx-missing", call, "a tool-call delta without an index")
            return call
        known = self.by_slot.get(fragment.slot)
        if known is None:
            last = self.calls[-1] if self.calls else None
            if last and not fragment.id and not fragment.name and self._drifts(last, fragment):
                self.note(
                    "idx-drift",
                    last,
                    f"arguments came under index {fragment.slot}, which was never opened",
                )
                return last
            return self._new(fragment)
        if self._collides(known, fragment):
            self.note("idx-collision", known, f"index {fragment.slot} is used for another call")
            return self._new(fragment)
        return known

    def _drifts(self, last: StreamedCall, fragment: Fragment) -> bool:
        if fragment.slot not in self.named_slots:
            return True
        return bool(fragment.arguments) and not last.complete()

    def _collides(self, call: StreamedCall, fragment: Fragment) -> bool:
        """Whether a fragment at a known index starts another call there."""
        new_id = bool(fragment.id and call.id and fragment.id != call.id)
        other_name = bool(fragment.name and call.name and fragment.name != call.name)
        if other_name and (new_id or call.pieces):
            return new_id or call.complete()
        return new_id and call.complete()

    def _by_identity(self, fragment: Fragment) -> StreamedCall:
        last = self.calls[-1] if self.calls else None
        if fragment.id:
            known = self.by_id.get(fragment.id)
            if known is not None:
                return known
            unfinished = last is not None and last.pieces and not last.complete()
            if last and last.id and unfinished and not fragment.name:
                return last
            return last if last and not last.id and not last.pieces else self._new(fragment)
        if last is None:
            return self._new(fragment)
        if fragment.name and last.name and (last.complete() or fragment.name != last.name):
            return self._new(fragment)
        return last

    def _route_block(self, fragment: Fragment) -> StreamedCall:
        """What an event opened: by index, by item id, else the last one."""
        known = self.by_slot.get(fragment.slot) if fragment.slot is not None else None
        if known is None and fragment.item_id:
            known = self.by_id.get(fragment.item_id)
        if known is not None:
            if fragment.slot is None:
                self.note("idx-missing", known, "an argument delta without an index")
            return known
        call = self.calls[-1] if self.calls else self._new(fragment)
        if fragment.slot is None:
            self.note("idx-missing", call, "an argument delta without an index")
        elif call.slot != fragment.slot:
            self.note(
                "idx-drift",
                call,
                f"arguments came under index {fragment.slot}, which was never opened",
            )
        return call

    # --- what it says

    def _take_id(self, call: StreamedCall, fragment: Fragment) -> None:
        if fragment.id:
            self.by_id.setdefault(fragment.id, call)
            if call.id is None:
                call.id = fragment.id
                if call.events:
                    self.note("id-late", call, "the id came after the first delta of its call")
            elif call.id != fragment.id:
                self.note("id-unstable", call, f"id {_shown(call.id)} became {_shown(fragment.id)}")
        elif fragment.id == "" and call.id and call.events:
            self.note("id-blank-continuation", call, 'a later delta carries "id": ""')

    def _take_name(self, call: StreamedCall, fragment: Fragment) -> None:
        if fragment.name:
            if not call.names and call.events:
                slug = "name-empty" if call.blank_name else "id-late"
                self.note(slug, call, "the name came after the first delta of its call")
            call.names.append(fragment.name)
        elif fragment.name == "":
            if not call.names:
                call.blank_name = True
            elif call.events:
                self.note("id-blank-continuation", call, 'a later delta carries "name": ""')

    def _take_arguments(self, call: StreamedCall, fragment: Fragment) -> None:
        if "arguments" in fragment.keys or fragment.arguments is not None:
            call.has_arguments = True
        if isinstance(fragment.arguments, str):
            call.has_text = True
            if fragment.arguments:
                call.pieces.append(fragment.arguments)
        elif fragment.arguments is not None:
            call.other = fragment.arguments
        if not call.events:
            call.opening = len(call.pieces)

    # --- formats that open and close their calls

    def _open(self, fragment: Fragment) -> None:
        earlier = self.by_slot.get(fragment.slot) if fragment.slot is not None else None
        call = self._new(fragment)
        if earlier is not None:
            self.note("idx-collision", earlier, f"index {fragment.slot} is used for another call")
        if fragment.slot is None:
            self.note("idx-missing", call, "a call was opened without an index")
        if fragment.item_id:
            self.by_id.setdefault(fragment.item_id, call)
        self._take_id(call, fragment)
        self._take_name(call, fragment)
        if self.traits.closes:
            self._take_input(call, fragment)
        elif fragment.arguments:
            # A call may be opened with arguments "", which says nothing yet.
            self._take_whole(call, fragment)
        call.events += 1

    def _take_input(self, call: StreamedCall, fragment: Fragment) -> None:
        """A call opened with ``{}`` says nothing yet; anything else is in the wrong place."""
        call.has_arguments = True
        call.whole = "{}"
        if fragment.arguments in ({}, None, ""):
            return
        self.note("anthropic-input-inline", call, "content_block_start already carries the input")
        if isinstance(fragment.arguments, str):
            call.whole = fragment.arguments
        else:
            call.whole = strictjson.dumps(fragment.arguments)

    def _end(self, fragment: Fragment) -> None:
        call = self._ended(fragment)
        if call is None:
            if fragment.kind == "close" and not fragment.name and not fragment.id:
                return
            call = self._new(fragment)
        if fragment.id and call.id is None:
            self._take_id(call, fragment)
        elif fragment.id and call.id != fragment.id:
            self.note("id-unstable", call, f"id {_shown(call.id)} became {_shown(fragment.id)}")
        if fragment.name and fragment.name != call.name:
            self._take_name(call, fragment)
        self._take_whole(call, fragment)
        call.closed = call.closed or fragment.kind == "close"
        call.events += 1

    def _take_whole(self, call: StreamedCall, fragment: Fragment) -> None:
        if isinstance(fragment.arguments, str):
            call.has_text = True
            call.whole = fragment.arguments
        elif fragment.arguments is not None:
            call.other = fragment.arguments
        call.has_arguments = call.has_arguments or "arguments" in fragment.keys

    def _ended(self, fragment: Fragment) -> StreamedCall | None:
        if fragment.kind == "final":
            # The slot of a final call is its place in the output; an id is the surer sign, and
            # the item's is surer than the call's, which two calls may share.
            for key in (fragment.item_id, fragment.id):
                if key and key in self.by_id:
                    return self.by_id[key]
        if fragment.slot is not None and fragment.slot in self.by_slot:
            return self.by_slot[fragment.slot]
        if fragment.item_id in self.by_id and fragment.item_id:
            return self.by_id[fragment.item_id]
        if fragment.slot is None and fragment.kind != "final" and self.calls:
            return self.calls[-1]
        return None

    # --- once everything was heard

    def finish(self) -> None:
        for call in self.calls:
            self._settle_name(call)
            if not call.id:
                self.note("id-missing", call, "the call never gets an id")
                self.found.pop("id-late", None)
        slots = sorted({call.slot for call in self.calls if call.slot is not None})
        tangled = {"idx-drift", "idx-collision", "idx-missing"} & self.found.keys()
        if self.traits.indexed and not tangled and slots != list(range(len(slots))):
            self.note("idx-sparse", self.calls[0], f"call indexes are {slots[:8]}")

    def _settle_name(self, call: StreamedCall) -> None:
        """Make one name of all that came: repeated, in pieces, or growing."""
        if len(call.names) < 2:
            return
        first, last = call.names[0], call.names[-1]
        distinct = len(set(call.names)) > 1
        joined = "".join(call.names) if len(call.names) <= 100 else first
        if joined in self.offered and (distinct or first not in self.offered):
            self.note("name-fragmented", call, f"the name came in {len(call.names)} pieces")
            call.names = [joined]
        elif not distinct:
            self.note("name-repeated", call, f"the name came {len(call.names)} times")
        else:
            self.note("name-fragmented", call, f"the name came in {len(call.names)} pieces")
            call.names = [last if last.startswith(first) else joined]


def _shown(name: str | None) -> str:
    return repr(name if name is None else clip(name, 80))
