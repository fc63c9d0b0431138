"""YAML as JSON: its events are read one by one, and only what JSON has comes of them.

A date stays the text that it is written as, and keys become text, as in a JSON file. Anchors are
counted as often as they are used. Built on the events (https://yaml.org/spec/1.2.2/#31-processes),
because PyYAML's own loaders recurse, build dates and share a recursive anchor with itself.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml  # type: ignore[import-untyped, unused-ignore]

from toolfuzz.core.case import Json, JsonObject

__all__ = ["MOST_VALUES", "parse_yaml"]

MOST_VALUES = 2_000_000
"""More values than this, with each use of an anchor counted, are refused."""

_MOST_DEPTH = 250
_TAG = "tag:yaml.org,2002:"
_MERGE = "<<"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that hasn't ended. ``key`` waits for its value."""

    value: Json
    anchor: str | None
    size: int = 1
    key: str | None = None
    merged: list[Json] = field(default_factory=list)


class _NoJsonError(ValueError):
    """What JSON has no word for, with the line."""

    def __init__(self, reason: str, event: Any) -> None:
        super().__init__(f"{reason} at line {event.start_mark.line + 1}")


def parse_yaml(data: bytes, tick: Callable[[], None]) -> Json:
    """Parse one YAML document; raises ValueError in one line. ``tick`` is called now and then."""
    try:
        loader = _Loader(data)
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(_line(error)) from None
    try:
        return _Reader(loader, tick).document()
    except yaml.YAMLError as error:
        raise ValueError(_line(error)) from None
    finally:
        loader.dispose()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


class _Reader:
    """Builds the value of one document from its events."""

    def __init__(self, loader: Any, tick: Callable[[], None]) -> None:
        self._loader = loader
        self._tick = tick
        self._resolver = yaml.resolver.Resolver()
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Json, int] | None] = {}
        self._root: Json = None
        self._size = 0

    def document(self) -> Json:
        """Read events up to the end; a second document is refused."""
        documents = count = 0
        while (event := self._loader.get_event()) is not None:
            if (count := count + 1) % 1000 == 0:
                self._tick()
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise _NoJsonError("a second document begins", event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._begin(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._end(event)
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.AliasEvent():
                    self._alias(event)
        return self._root

    def _begin(self, event: Any) -> None:
        if len(self._stack) >= _MOST_DEPTH:
            raise _NoJsonError(f"nested more than {_MOST_DEPTH} levels deep", event)
        mapping = isinstance(event, yaml.MappingStartEvent)
        tag = "map" if mapping else "seq"
        if event.tag not in (None, "!", _TAG + tag):
            raise _NoJsonError(f"{event.tag[:40]!r} is no JSON type", event)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._stack.append(_Open({} if mapping else [], event.anchor))

    def _end(self, event: Any) -> None:
        done = self._stack.pop()
        for more in done.merged:
            done.value = {**more, **done.value}
        if done.anchor:
            self._anchors[done.anchor] = done.value, done.size
        self._put(done.value, done.size, event)

    def _alias(self, event: Any) -> None:
        found = self._anchors.get(event.anchor, ())
        if found is None:
            raise _NoJsonError(f"*{event.anchor[:40]} stands inside itself", event)
        if not found:
            raise _NoJsonError(f"*{event.anchor[:40]} is not defined", event)
        value, size = found
        self._count(size, event)
        self._put(value, size, event)

    def _scalar(self, event: Any) -> None:
        waits = self._stack[-1] if self._stack else None
        if waits and isinstance(waits.value, dict) and waits.key is None:
            value: Json = event.value  # a key: JSON's are text, however they are spelled
        else:
            value = self._typed(event)
            self._count(1, event)
        if event.anchor:
            self._anchors[event.anchor] = value, 1
        self._put(value, 1, event)

    def _typed(self, event: Any) -> Json:
        tag = event.tag
        if tag in (None, "!"):
            tag = self._resolver.resolve(yaml.ScalarNode, event.value, event.implicit)
        kind = tag.removeprefix(_TAG)
        if kind in ("str", "timestamp", "value", "merge"):
            return event.value
        if kind not in ("null", "bool", "int", "float"):
            raise _NoJsonError(f"{tag[:40]!r} is no JSON type", event)
        node = yaml.ScalarNode(tag, event.value)
        try:
            read = getattr(yaml.constructor.SafeConstructor, f"construct_yaml_{kind}")
            value: Json = read(yaml.constructor.SafeConstructor(), node)
        except (ValueError, LookupError, yaml.YAMLError):
            raise _NoJsonError(f"{event.value[:40]!r} is no {kind}", event) from None
        if isinstance(value, float) and not math.isfinite(value):
            raise _NoJsonError(f"{event.value[:40]!r} is no JSON number", event)
        return value

    def _count(self, size: int, event: Any) -> None:
        self._size += size
        if self._size > MOST_VALUES:
            raise _NoJsonError(f"more than {MOST_VALUES:,} values, with anchors written out", event)

    def _put(self, value: Json, size: int, event: Any) -> None:
        if not self._stack:
            self._root = value
            return
        parent = self._stack[-1]
        parent.size += size
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.key is None:
            if not isinstance(value, str | int | float | None):
                raise _NoJsonError("a key is a text, not a list or mapping", event)
            parent.key = str(value)
        else:
            self._member(parent, value, event)
            parent.key = None

    def _member(self, parent: _Open, value: Json, event: Any) -> None:
        members: JsonObject = parent.value
        assert parent.key is not None
        if parent.key != _MERGE:
            members[parent.key] = value
            return
        for part in value if isinstance(value, list) else [value]:
            if not isinstance(part, dict):
                raise _NoJsonError("<< takes mappings", event)
            parent.merged.append(part)
