"""Fragments of a stream to calls, tolerantly; what a strict client would trip over is kept.

A call starts at an index that is new and brings a name or an id. Without an index, a new id or a
name after complete arguments starts one. Everything else continues the call of its index, else
the last one that is open. Work is linear in fragments and bytes.
"""

from collections.abc import Collection

from toolfuzz.core import effort
from toolfuzz.core import json as strictjson
from toolfuzz.core.reply import Fragment, Reply
from toolfuzz.formats import Traits
from toolfuzz.judge.streamed import StreamedCall

__all__ = ["assemble"]


def assemble(reply: Reply, traits: Traits, offered: Collection[str]) -> list[StreamedCall]:
    """Return the calls of a streamed reply by index, else in the order in which they began."""
    assembler = _Assembler(reply, traits)
    for fragment in reply.fragments:
        assembler.hear(fragment)
    calls = _by_index(assembler.calls)
    for position, call in enumerate(calls):
        call.position = position
        _settle_name(call, offered)
    return calls


def _by_index(calls: list[StreamedCall]) -> list[StreamedCall]:
    placed = [(call.slot, call.arrival) for call in calls if call.slot is not None]
    if len(placed) < len(calls):
        return calls
    return [calls[arrival] for _, arrival in sorted(placed)]


def _settle_name(call: StreamedCall, offered: Collection[str]) -> None:
    """Make one name of all that came: repeated, in pieces, or growing."""
    call.spoken = len(call.names)
    if call.spoken < 2:
        return
    first, last = call.names[0], call.names[-1]
    distinct = len(set(call.names)) > 1
    joined = "".join(call.names) if call.spoken <= 100 else first
    if joined in offered and (distinct or first not in offered):
        call.name_in_pieces = True
        call.names = [joined]
    elif distinct:
        call.name_in_pieces = True
        call.names = [last if last.startswith(first) else joined]


class _Assembler:
    def __init__(self, reply: Reply, traits: Traits) -> None:
        self.traits = traits
        self.calls: list[StreamedCall] = []
        self.by_slot: dict[int, StreamedCall] = {}
        self.by_id: dict[str, StreamedCall] = {}
        self.shared: set[int] = set()
        self.named_slots = {f.slot for f in reply.fragments if f.id or f.name}

    def hear(self, fragment: Fragment) -> None:
        if fragment.kind == "open":
            self._open(fragment)
        elif fragment.kind == "delta":
            self._delta(fragment)
        else:
            self._end(fragment)

    def _new(self, fragment: Fragment) -> StreamedCall:
        call = StreamedCall(fragment.slot, arrival=len(self.calls), item_id=fragment.item_id)
        self.calls.append(call)
        effort.count_part(len(self.calls))
        if fragment.slot is not None:
            self.by_slot[fragment.slot] = call
        return call

    # --- which call a fragment belongs to

    def _delta(self, fragment: Fragment) -> None:
        call = self._route(fragment) if self.traits.indexed else self._route_block(fragment)
        if call.closed and self.traits.closes:
            call.after_close = True
        if fragment.id is not None:
            self._take_id(call, fragment)
        if fragment.name is not None:
            self._take_name(call, fragment)
        self._take_arguments(call, fragment)
        call.events += 1

    def _route(self, fragment: Fragment) -> StreamedCall:
        """Deltas that belong together by index; nothing opens or closes a call."""
        if fragment.slot is None:
            call = self._by_identity(fragment)
            call.unindexed = call.unindexed or "a tool-call delta"
            return call
        known = self.by_slot.get(fragment.slot)
        if known is None:
            last = self.calls[-1] if self.calls else None
            if last and not fragment.id and not fragment.name and self._drifts(last, fragment):
                return self._strayed(last, fragment.slot)
            return self._new(fragment)
        if self._collides(known, fragment):
            known.slot_shared = True
            return self._new(fragment)
        return known

    def _strayed(self, call: StreamedCall, slot: int) -> StreamedCall:
        if call.strayed_to is None:
            call.strayed_to = slot
        return call

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
        """Deltas of a call that was opened: by index, by item id, else the last one."""
        known = self._at_slot(fragment)
        if known is None and fragment.item_id:
            known = self.by_id.get(fragment.item_id)
        call = known or (self.calls[-1] if self.calls else self._new(fragment))
        if fragment.slot is None:
            call.unindexed = call.unindexed or "an argument delta"
        elif known is None and call.slot != fragment.slot:
            return self._strayed(call, fragment.slot)
        return call

    def _at_slot(self, fragment: Fragment) -> StreamedCall | None:
        """The call at a fragment's index; of several there the one that its ids or name mean."""
        if fragment.slot is None or fragment.slot not in self.by_slot:
            return None
        if fragment.slot not in self.shared:
            return self.by_slot[fragment.slot]
        there = [call for call in self.calls if call.slot == fragment.slot]
        for fits in (
            lambda call: fragment.item_id and call.item_id == fragment.item_id,
            lambda call: fragment.id and call.id == fragment.id,
            lambda call: fragment.name and call.name == fragment.name,
            lambda call: not call.closed,
        ):
            fitting = [call for call in there if fits(call)]
            if len(fitting) == 1:
                return fitting[0]
            there = fitting or there
        return there[-1]

    # --- what it says

    def _take_id(self, call: StreamedCall, fragment: Fragment) -> None:
        if fragment.id:
            self.by_id.setdefault(fragment.id, call)
            if call.id is None:
                call.id = fragment.id
                call.id_came_late = call.events > 0
            elif call.id != fragment.id and call.other_id is None:
                call.other_id = fragment.id
        elif fragment.id == "" and call.id and call.events:
            call.blanked = call.blanked or "id"

    def _take_name(self, call: StreamedCall, fragment: Fragment) -> None:
        if fragment.name:
            call.name_came_late |= not call.names and call.events > 0
            call.names.append(fragment.name)
        elif fragment.name == "":
            if not call.names:
                call.name_came_blank = True
            elif call.events:
                call.blanked = call.blanked or "name"

    def _take_kind(self, call: StreamedCall, fragment: Fragment) -> None:
        call.free = call.free or fragment.free
        if fragment.extra is not None:
            call.extra = fragment.extra

    def _take_arguments(self, call: StreamedCall, fragment: Fragment) -> None:
        self._take_kind(call, fragment)
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
            earlier.slot_shared = True
            self.shared.add(earlier.slot or 0)
        if fragment.slot is None:
            call.unindexed = "the event that opens a call"
        if fragment.item_id:
            self.by_id.setdefault(fragment.item_id, call)
        self._take_kind(call, fragment)
        self._take_id(call, fragment)
        self._take_name(call, fragment)
        if self.traits.arguments == "object":
            self._take_input(call, fragment)
        elif fragment.arguments:
            # "" in the opening event says nothing yet.
            self._take_whole(call, fragment)
        call.events += 1

    def _take_input(self, call: StreamedCall, fragment: Fragment) -> None:
        """A call whose arguments are an object opens with ``{}``; anything else is misplaced."""
        call.has_arguments = True
        call.whole = "{}"
        if fragment.arguments in ({}, None, ""):
            return
        call.inline = True
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
        elif fragment.id and fragment.id != call.id and call.other_id is None:
            call.other_id = fragment.id
        if fragment.name and fragment.name != call.name:
            self._take_name(call, fragment)
        self._take_whole(call, fragment)
        call.closed = call.closed or fragment.kind == "close"
        call.events += 1

    def _take_whole(self, call: StreamedCall, fragment: Fragment) -> None:
        self._take_kind(call, fragment)
        if isinstance(fragment.arguments, str):
            call.has_text = True
            call.whole = fragment.arguments
            call.wholes.append(fragment.arguments)
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
        at_slot = self._at_slot(fragment)
        if at_slot is not None:
            return at_slot
        if fragment.item_id in self.by_id and fragment.item_id:
            return self.by_id[fragment.item_id]
        if fragment.slot is None and fragment.kind != "final" and self.calls:
            return self.calls[-1]
        return None
