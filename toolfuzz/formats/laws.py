"""The laws of a format's replies, as data in its ``laws.toml``, and the one interpreter.

``must`` holds laws at whose breach an official SDK raises or hands out other calls (error),
``should`` those whose breach it survives (warn). In both, a key names the events that are bound: a
kind, a kind with conditions (``"content_block_delta delta.type=text_delta"``, or ``"event
choices[]"``: has such a thing), or ``*`` for all; its list holds shapes::

    "message.id: string"          the field is there and of this type ("string|null": or of that)
    "choices[].delta: object"     … in each element of the array
    "logprobs?: object|null"      … if it is there
    "delta: union"                an object of which just one member is set
    "choices[].index = 0"         the field is there with this value (JSON)
    "output[type=call].id: string"  … in each element with this type

What a shape stands in is a matter of other laws: without it the shape says nothing.

``kind`` is the field in which an event names its kind, "" where its name alone does; without it
all are of the kind ``event``.
``first`` and ``last`` are the kinds a stream begins and ends with, ``once`` those that come once,
``same`` fields that are the same in all events, ``free`` kinds that are bound by nothing. ``life``
are things that events open, fill and close; see ``formats/lives.py``. ``survives`` lists those laws
of a stream (by name) whose breach the SDK survives; ``shows`` names the defect that the breach of
a law is, where one says it better than that a law is broken.

``plain`` is a table of ``must`` and ``should`` for the object of a plain reply. It is ``"event"``
where that object is what each event of a stream is, bound by the laws under ``*``.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.formats.lives import Lives, lives_of
from toolfuzz.formats.reading import Event, Notes
from toolfuzz.formats.shapes import (
    Shape,
    Steps,
    Test,
    all_of,
    conditions,
    get,
    holds,
    shape,
    steps_of,
)

__all__ = ["Laws", "laws_beside"]


@dataclass(frozen=True, slots=True)
class Laws:
    """What the replies of a format must hold; each breach is noted as a problem of kind ``law``."""

    path: str

    def judge_plain(self, root: JsonObject, notes: Notes) -> None:
        """Hold the object of a plain reply against the laws."""
        _book(self.path).plain.judge(root, "$", notes)

    def watch(self, events: Iterable[Event], notes: Notes) -> Iterator[Event]:
        """Hand the events of a stream on, each held against the laws; none is kept."""
        return _book(self.path).watch(events, notes)


def laws_beside(module: str) -> Laws:
    """Return the laws in the ``laws.toml`` beside a format's module (its ``__file__``)."""
    return Laws(str(Path(module).with_name("laws.toml")))


# What is missing, or of another type, is a reply shaped differently from its wire format.
_SHAPED = "bad-field"
Severity = Literal["error", "warn"]


class _Bound(NamedTuple):
    """Shapes that an event must have where the condition holds."""

    condition: tuple[str, ...]
    shapes: tuple[Shape, ...]
    severity: Severity


class _Bounds(NamedTuple):
    """All that binds one kind of event.

    ``hold`` is asked of every event: True is sure, False only that each must be looked at.
    """

    each: tuple[_Bound, ...]
    hold: Test

    def judge(self, holder: JsonObject, where: str, notes: Notes) -> None:
        if self.hold(holder):
            return
        for condition, shapes, severity in self.each:
            if conditions(condition)(holder):
                for law in shapes:
                    for detail in law.breaches(holder):
                        notes.law(law.text, where, detail, severity, _SHAPED)


@dataclass(frozen=True, slots=True)
class _Book:
    """The laws of one format, ready for use."""

    kind: str | None
    first: str | None
    last: frozenset[str]
    once: frozenset[str]
    same: tuple[tuple[str, ...], ...]
    free: frozenset[str]
    survives: frozenset[str]
    shows: Mapping[str, str]
    bound: Mapping[str, _Bounds]
    everywhere: _Bounds
    lives: Lives
    plain: _Bounds

    def watch(self, events: Iterable[Event], notes: Notes) -> Iterator[Event]:
        seen: set[str] = set()
        values: dict[tuple[str, ...], Json] = {}
        lives = self.lives.begin()
        number, kind = -1, ""

        def breach(law: str, detail: str) -> None:
            severity: Severity = "warn" if law in self.survives else "error"
            notes.law(law, f"event {number}", detail, severity, self.shows.get(law, ""))

        for event in events:
            yield event
            data = event.data
            if isinstance(data, str):
                continue
            this = self._kind(event.name, data)
            if this in self.free:
                continue
            number, kind = event.number, this
            if kind in seen:
                if kind in self.once:
                    breach("once", f"{kind} came before")
            elif not seen and self.first not in (None, kind):
                breach("first", f"the first event is {kind}, not {self.first}")
            seen.add(kind)
            self.bound.get(kind, self.everywhere).judge(data, f"event {number}", notes)
            for steps in self.same:
                value = get(data, steps)
                if value is not None and values.setdefault(steps, value) != value:
                    breach("same", f"{'.'.join(steps)} is not what it was before")
            for law, detail in lives.hear(kind, data):
                breach(law, detail)
        if not seen:
            return
        if self.last and not self.last & seen:
            breach("last", f"the last event is {kind}, not {' or '.join(sorted(self.last))}")
        for law, detail in lives.end():
            breach(law, detail)

    def _kind(self, name: str, data: JsonObject) -> str:
        if self.kind is None:
            return "event"
        kind = data.get(self.kind) if self.kind else name
        return kind if isinstance(kind, str) else name


@cache
def _book(path: str) -> _Book:
    table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    bound: dict[str, list[_Bound]] = {"*": []}
    for kind, one in _bindings(table):
        bound.setdefault(kind, []).append(one)
    everywhere = bound.pop("*")
    plain = table.get("plain", {})
    return _Book(
        kind=table.get("kind"),
        first=table.get("first"),
        last=frozenset(table.get("last", ())),
        once=frozenset(table.get("once", ())),
        same=tuple(map(steps_of, table.get("same", ()))),
        free=frozenset(table.get("free", ())),
        survives=frozenset(table.get("survives", ())),
        shows=table.get("shows", {}),
        bound={kind: _bounds([*everywhere, *rest]) for kind, rest in bound.items()},
        everywhere=_bounds(everywhere),
        lives=lives_of(table.get("life", [])),
        plain=_bounds(everywhere if plain == "event" else [one for _, one in _bindings(plain)]),
    )


def _bindings(table: Mapping[str, Any]) -> Iterator[tuple[str, _Bound]]:
    weights: dict[str, Severity] = {"must": "error", "should": "warn"}
    for word, severity in weights.items():
        for key, shapes in table.get(word, {}).items():
            kind, *condition = key.split()
            yield kind, _Bound(tuple(condition), tuple(map(shape, shapes)), severity)


def _bounds(each: Sequence[_Bound]) -> _Bounds:
    """Put together what binds one kind of event.

    A condition that is a text (``delta.type=text_delta``) chooses what is tested; any other is
    left to the closer look.
    """
    always: list[Shape] = []
    by_text: dict[str, dict[str, list[Shape]]] = {}
    for bound in each:
        path, sign, text = bound.condition[0].partition("=") if bound.condition else ("", "", "")
        chosen = by_text.setdefault(path, {}).setdefault(text, []) if sign else always
        chosen += bound.shapes
    tests = [holds(always)]
    for path, texts in by_text.items():
        table = {text: holds(shapes) for text, shapes in texts.items()}
        tests.append(partial(_holds_by_text, steps_of(path), table))
    return _Bounds(tuple(each), all_of(tests))


def _holds_by_text(steps: Steps, tests: Mapping[str, Test], holder: JsonObject) -> bool:
    text = get(holder, steps)
    test = tests.get(text) if isinstance(text, str) else None
    return test is None or test(holder)
