"""The keys of an object beside those that belong there: renamed, lost, invented."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import equal, same
from toolfuzz.judge.coercion import UNKNOWN, Cause
from toolfuzz.judge.schema import is_filler
from toolfuzz.judge.shapes import Place
from toolfuzz.judge.strings import NATIVE_MARKUP, json_text

__all__ = ["Keys", "sort_out", "unwrap"]

_ENVELOPES = frozenset(
    {"arguments", "parameters", "input", "args", "params", "kwargs", "tool_input", "properties"}
)
_LABELS = frozenset({"name", "tool", "tool_name", "function", "type", "id", "recipient_name"})
_RESERVED = frozenset(
    {"title", "type", "properties", "definitions", "description", "default", "items", "required"}
    | {"$ref", "$defs", "$id", "$schema", "format", "enum", "const", "examples", "pattern"}
    | {"additionalProperties", "anyOf", "oneOf", "allOf", "not"}
)
_MOST_PAIRED = 50
_MOST_NAMED = 50


@dataclass(slots=True)
class Keys:
    """What became of an object's keys.

    ``causes`` are (key, cause), the key None for the object as a whole; ``pairs``
    says under which key each wanted member came. ``done`` means that the object needs no further
    look inside.
    """

    causes: list[tuple[str | None, Cause]] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)
    done: bool = False


def unwrap(
    got: JsonObject, wanted: JsonObject | None, place: Place, tool_name: str
) -> tuple[JsonObject, str] | None:
    """Return the arguments inside an envelope and what it was, or None.

    ``wanted`` is the right object, None when unknown. An envelope's key that the schema declares
    (or the right object holds) is a parameter, not an envelope.
    """
    declared = set(wanted) if wanted is not None else set(place.properties)
    if wanted is not None and len(got) == 1 and _ENVELOPES.issuperset(got):
        inner = next(iter(got.values()))
        if isinstance(inner, dict) and inner.keys() == wanted.keys() and wanted:
            return inner, f"the arguments stand one level down, under {next(iter(got))!r}"
    foreign = [key for key in got if key not in declared]
    if not foreign:
        return None
    for key in foreign:
        inner = got[key]
        if key not in _ENVELOPES and key != tool_name:
            continue
        if isinstance(inner, str):
            inner = json_text(inner, "{")
        if (
            isinstance(inner, dict)
            and set(got) - {key} <= _LABELS | _ENVELOPES
            and (inner.keys() & declared or (wanted is not None and equal(inner, wanted)))
        ):
            return inner, f"the arguments stand one level down, under {key!r}"
    labels = [key for key in foreign if key in _LABELS and got[key] in (tool_name, "function")]
    if labels and any(got[key] == tool_name for key in labels):
        rest = {key: value for key, value in got.items() if key not in labels}
        return rest, f"the call's own {labels[0]!r} stands among the arguments"
    return None


def sort_out(wanted: JsonObject | None, got: JsonObject, place: Place, depth: int) -> Keys:
    """Compare an object's keys with those that belong there.

    ``wanted`` is the right object; None when only the schema is known.
    """
    known = wanted is not None
    belong = wanted if wanted is not None else _declared(got, place)
    keys = Keys(pairs={key: key for key in belong if key in got})
    left = dict.fromkeys(key for key in belong if key not in got)
    over = dict.fromkeys(key for key in got if key not in belong)
    if not got and left:
        return _emptied(belong, place, depth, known)
    _pair_by_name(left, over, keys)
    if known and left and over:
        unseen = depth > 0 and place.below_ref and not keys.pairs
        if not unseen:
            _pair_by_value(belong, got, left, over, keys)
        if not keys.pairs:
            return _invented(list(left), list(over), place, keys)
    missing, extra = list(left), list(over)
    lost = [key for key in missing if known or place.requires(key)]
    lost = [key for key in lost if not _is_default(belong, key, place, known)]
    if lost:
        keys.causes.append(_lost(belong, got, lost, extra, place, depth, keys, known))
    if not lost or not any(place.requires(key) for key in lost):
        keys.causes += _unasked(got, extra, place, depth, known)
    return keys


def _declared(got: JsonObject, place: Place) -> JsonObject:
    """Return the keys that the schema knows, as far as they came or are required."""
    properties = place.properties
    required = {
        key
        for group in place.gather("required")
        if isinstance(group, list)
        for key in group
        if isinstance(key, str)
    }
    named = {key: UNKNOWN for key in properties if key in got or key in required}
    return named | dict.fromkeys(sorted(required - named.keys()), UNKNOWN)


def _emptied(belong: JsonObject, place: Place, depth: int, known: bool) -> Keys:
    names = _names(list(belong))
    if depth == 0:
        cause = Cause("args-empty-object", f"no argument came; {names} are lost")
    elif not known:
        cause = Cause("missing-required", f"{names} missing")
    else:
        cause = Cause("object-emptied", f"the object came without its members ({names})")
    return Keys(causes=[(None, cause)], done=True)


def _pair_by_name(left: dict[str, None], extra: dict[str, None], keys: Keys) -> None:
    """Match missing with extra keys: markup around the name, or another spelling of it."""
    for key in [key for key in extra if NATIVE_MARKUP.search(key)][:_MOST_NAMED]:
        said = f"the model's own markup in the key {key[:40]!r}"
        keys.causes.append((key, Cause("args-native-markup", said)))
        del extra[key]
        meant = next((word for word in re.findall(r"[\w.-]+", key) if word in left), None)
        if meant is not None:
            del left[meant]
            keys.pairs[meant] = key
    spelled: dict[str, list[str]] = {}
    for key in extra:
        spelled.setdefault(_bare(key), []).append(key)
    for name in list(left):
        alike = spelled.get(_bare(name), [])
        if len(alike) == 1 and alike[0] in extra:
            _rename(name, alike[0], left, extra, keys)


def _pair_by_value(
    belong: JsonObject,
    got: JsonObject,
    left: dict[str, None],
    extra: dict[str, None],
    keys: Keys,
) -> None:
    """Match missing with extra keys that hold the right value, where that can't be chance."""
    if len(left) == len(extra) == 1:
        name, key = next(iter(left)), next(iter(extra))
        if same(belong[name], got[key]):
            _rename(name, key, left, extra, keys)
    elif len(extra) <= _MOST_PAIRED:
        for name in list(left)[:_MOST_PAIRED]:
            value = belong[name]
            if value is None or isinstance(value, bool) or is_filler(value):
                continue
            alike = [key for key in extra if same(value, got[key])]
            if len(alike) == 1:
                _rename(name, alike[0], left, extra, keys)


def _rename(name: str, key: str, left: dict[str, None], extra: dict[str, None], keys: Keys) -> None:
    if len(keys.causes) < _MOST_NAMED:
        keys.causes.append((key, Cause("param-renamed", f"{name!r} came as {key[:80]!r}")))
    keys.pairs[name] = key
    del left[name], extra[key]


def _invented(missing: list[str], extra: list[str], place: Place, keys: Keys) -> Keys:
    """No key of the object is right: one finding for all of it."""
    said = f"instead of {_names(missing)} came {_names(extra)}"
    if place.below_ref:
        cause = Cause("schema-ref-invisible", f"invented members: {said}")
    elif any(place.requires(key) for key in missing):
        cause = Cause("missing-required", said)
    else:
        cause = Cause("value-changed", said)
    keys.causes.append((None, cause))
    keys.done = True
    return keys


def _lost(
    belong: JsonObject,
    got: JsonObject,
    lost: list[str],
    extra: list[str],
    place: Place,
    depth: int,
    keys: Keys,
    known: bool,
) -> tuple[str, Cause]:
    """Explain the members that did not come, as one cause at the first of them."""
    first = lost[0]
    required = [key for key in lost if place.requires(key)]
    names = _names(lost)
    if known and len(lost) == 1 and not extra and first in _RESERVED.intersection(place.properties):
        others = [(belong[name], got[key]) for name, key in keys.pairs.items()]
        if others and all(same(right, came) for right, came in others):
            said = f"only {first!r}, named like a schema keyword, never came"
            return first, Cause("schema-mutated", said)
    is_container = known and isinstance(belong[first], dict | list)
    if is_container and not required and place.child(first, belong[first]).is_recursive:
        said = f"the recursive structure ends before {first!r}"
        return first, Cause("recursive-collapse", said)
    survivors = list(keys.pairs)
    order = list(belong)
    edge = len(survivors) == 1 and survivors[0] in (order[0], order[-1])
    if known and depth == 0 and (not required or (edge and len(lost) > 1 and not extra)):
        said = f"{names} lost; only {_names(survivors)} came"
        weight = "warn" if all(belong[key] is None for key in lost) else None
        return first, Cause("parameter-dropped-by-parser", said, severity=weight)
    if required:
        also = f"; instead came {_names(extra)}" if extra else ""
        return required[0], Cause("missing-required", f"{_names(required)} missing{also}")
    return first, Cause("value-changed", f"{names} lost")


def _unasked(
    got: JsonObject, extra: list[str], place: Place, depth: int, known: bool
) -> Iterator[tuple[str, Cause]]:
    """Explain the members that nobody asked for."""
    properties = place.properties
    for key in extra[:_MOST_NAMED]:
        value = got[key]
        if key in properties:
            if known:
                yield from _filled_in(key, value, place)
        elif (depth and place.is_data) or place.child(key, value).parts[0].schema:
            if known:
                yield key, Cause("value-changed", f"the key {key[:80]!r} was not asked for")
        elif known or place.is_closed:
            yield key, Cause("unknown-param", f"{key[:80]!r} is no parameter")


def _filled_in(key: str, value: Json, place: Place) -> Iterator[tuple[str, Cause]]:
    """Explain an optional member that came although it was not asked for.

    Its documented default is a legal way to spell its absence.
    """
    inner = place.child(key, value)
    defaults = list(inner.gather("default"))
    if any(equal(default, value) for default in defaults):
        return
    if value is None:
        admitted = inner.admits(None)
        why = "null is allowed, but was not asked for" if admitted else "null is not allowed"
        yield key, Cause("optional-null", why, severity="warn" if admitted else None)
    elif is_filler(value):
        yield key, Cause("optional-placeholder", f"filled in with {value!r} instead of left out")
    elif defaults:
        yield key, Cause("default-const-ignored", "the documented default was replaced unasked")
    else:
        yield key, Cause("value-changed", "an optional value that was not asked for")


def _is_default(belong: JsonObject, key: str, place: Place, known: bool) -> bool:
    """Whether the member may be left out, because its absence means the same value."""
    if not known or place.requires(key):
        return False
    defaults = place.child(key, belong[key]).gather("default")
    return any(equal(default, belong[key]) for default in defaults)


def _bare(name: str) -> str:
    return re.sub(r"[-_.\s]", "", name).casefold()


def _names(keys: list[str]) -> str:
    shown = ", ".join(repr(key[:80]) for key in keys[:5])
    return f"{shown} and {len(keys) - 5} more" if len(keys) > 5 else shown
