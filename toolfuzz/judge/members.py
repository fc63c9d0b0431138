"""The keys of an object beside those that belong there: lost, renamed, invented."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.json import dumps
from toolfuzz.core.jsonvalue import equal, same
from toolfuzz.judge.differences import (
    Added,
    Difference,
    Emptied,
    Flattened,
    Foreign,
    Glued,
    Invented,
    Lost,
    Marked,
    Renamed,
    Spilled,
    Unasked,
)
from toolfuzz.judge.paths import flattened, hoisted
from toolfuzz.judge.schema import is_filler
from toolfuzz.judge.shapes import Place
from toolfuzz.judge.spelled import NATIVE_MARKUP
from toolfuzz.judge.spills import spilled
from toolfuzz.judge.step import UNKNOWN, Step

__all__ = ["Members", "sort_out"]

_GLUE = " \t\n\"':=>,"
_SEPARATED = re.compile(r"\s*[:=]\s*\S")
_MOST_PAIRED = 50
_MOST_NAMED = 50


@dataclass(slots=True)
class Members:
    """What became of an object's keys.

    ``pairs`` says under which key each wanted member came. ``done`` means that the object needs
    no further look inside.
    """

    facts: list[Difference] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)
    done: bool = False


def sort_out(step: Step, wanted: JsonObject | None, came: JsonObject) -> Members:
    """Compare an object's keys with those that belong there.

    ``wanted`` is the right object; None when only the schema is known.
    """
    known, place = wanted is not None, step.place
    belong = wanted if wanted is not None else _declared(came, place)
    members = Members(pairs={key: key for key in belong if key in came})
    left = dict.fromkeys(key for key in belong if key not in came)
    over = dict.fromkeys(key for key in came if key not in belong)
    about = wanted if wanted is not None else UNKNOWN
    if not came and left:
        return Members([Emptied(step, about, came, list(belong), known)], done=True)
    _unspill(step, wanted, came, left, over, members)
    _unflatten(step, belong, came, left, over, members, known=known)
    _pair_by_name(step, came, left, over, members)
    if known and left and over:
        unseen = step.depth > 0 and place.below_ref and not members.pairs
        if not unseen:
            _pair_by_value(step, belong, came, left, over, members)
        if not members.pairs and not members.facts:
            members.facts.append(Invented(step, about, came, list(left), list(over)))
            members.done = True
            return members
    lost = [key for key in left if known or place.requires(key)]
    lost = [key for key in lost if not _is_default(belong, key, place, known)]
    required = [key for key in lost if place.requires(key)]
    if lost:
        first = (required or lost)[0]
        members.facts.append(
            Lost(
                _into(step, first, belong, came),
                belong[first],
                UNKNOWN,
                keys=lost,
                required=required,
                extra=list(over),
                kept=list(members.pairs.items()),
                around=place,
                right=belong,
                object=came,
                known=known,
            )
        )
    if not required:
        members.facts += _unasked(step, came, list(over), known)
    return members


def _into(step: Step, key: str, belong: JsonObject, came: JsonObject, name: str = "") -> Step:
    """Return the step to a member; one that was renamed has the schema of its right name."""
    name = name or key
    inner = step.into(name, belong.get(name, UNKNOWN), came.get(key, UNKNOWN), key)
    if inner.expected is UNKNOWN:
        inner.known_place = step.place.child(name, came.get(key))
    return inner


def _declared(came: JsonObject, place: Place) -> JsonObject:
    """Return the keys that the schema knows, as far as they came or are required."""
    properties = place.properties
    required = {
        key
        for group in place.gather("required")
        if isinstance(group, list)
        for key in group
        if isinstance(key, str)
    }
    named = {key: UNKNOWN for key in properties if key in came or key in required}
    return named | dict.fromkeys(sorted(required - named.keys()), UNKNOWN)


def _unspill(
    step: Step,
    wanted: JsonObject | None,
    came: JsonObject,
    left: dict[str, None],
    over: dict[str, None],
    members: Members,
) -> None:
    """Note members that stand in the text of another: what holds them is not compared."""
    names = list(left) if wanted is not None else [*left, *step.place.properties]
    for key, name in spilled(came, names, wanted):
        members.facts.append(
            Spilled(_into(step, key, wanted or {}, came), UNKNOWN, came[key], name)
        )
        members.pairs.pop(key, None)
        over.pop(key, None)
        left.pop(name, None)
        # A key that was cut at the wrong tag still begins with its name.
        left.pop(re.split(r"[<\s]", key, maxsplit=1)[0], None)


def _unflatten(
    step: Step,
    belong: JsonObject,
    came: JsonObject,
    left: dict[str, None],
    over: dict[str, None],
    members: Members,
    *,
    known: bool,
) -> None:
    """Note members that came as keys that spell the way into them, or as what is inside them."""
    if not over:
        return
    names = list(left) if known else [*left, *(k for k in step.place.properties if k not in came)]
    ways = flattened(names, over, belong, step.place, known=known)
    rest = [name for name in names if name not in ways]
    ways |= hoisted(rest, over, belong, came, step.place, known=known)
    for name, keys in ways.items():
        inner = _into(step, keys[0], {}, came, name)
        about = belong[name] if known else UNKNOWN
        shown = {key: came[key] for key in keys}
        members.facts.append(Flattened(inner, about, shown, keys))
        left.pop(name, None)
        for key in keys:
            del over[key]


def _pair_by_name(
    step: Step, came: JsonObject, left: dict[str, None], over: dict[str, None], members: Members
) -> None:
    """Match missing with extra keys: markup around the name, or another spelling of it."""
    for key in [key for key in over if NATIVE_MARKUP.search(key)][:_MOST_NAMED]:
        meant = next((word for word in re.findall(r"[\w.-]+", key) if word in left), None)
        inner = _into(step, key, {}, came, meant or "")
        members.facts.append(Marked(inner, meant or UNKNOWN, key, key))
        del over[key]
        if meant is not None:
            del left[meant]
            if not _holds_value(step.expected, meant, key):
                members.pairs[meant] = key
    for key in list(over)[:_MOST_NAMED]:
        name = next((name for name in left if _is_glued(step, name, key, came[key])), None)
        if name is not None:
            inner = _into(step, key, {}, came, name)
            members.facts.append(Glued(inner, UNKNOWN, key, key, name))
            del over[key], left[name]
    spelled: dict[str, list[str]] = {}
    for key in over:
        spelled.setdefault(_bare(key), []).append(key)
    for name in list(left):
        alike = spelled.get(_bare(name), [])
        if len(alike) == 1 and alike[0] in over:
            _rename(step, name, alike[0], left, over, members)


def _is_glued(step: Step, name: str, key: str, beside: Json) -> bool:
    """Whether a key is the member's name and its value in one, with nothing left for a value."""
    if not key.startswith(name) or len(key) == len(name) or not (is_filler(beside) or not beside):
        return False
    rest = key[len(name) :]
    right = step.expected.get(name) if isinstance(step.expected, dict) else UNKNOWN
    if right is UNKNOWN:
        return _SEPARATED.match(rest) is not None
    text = right if isinstance(right, str) else dumps(right)
    return bool(text) and rest.strip(_GLUE) == text.strip(_GLUE)


def _holds_value(right: Json, name: str, key: str) -> bool:
    """Whether the key holds the member's value as well: then what came as its value is none."""
    value = right.get(name) if isinstance(right, dict) else None
    return isinstance(value, str) and bool(value) and value in key


def _pair_by_value(
    step: Step,
    belong: JsonObject,
    came: JsonObject,
    left: dict[str, None],
    over: dict[str, None],
    members: Members,
) -> None:
    """Match missing with extra keys that hold the right value, where that can't be chance."""
    if len(left) == len(over) == 1:
        name, key = next(iter(left)), next(iter(over))
        if same(belong[name], came[key]):
            _rename(step, name, key, left, over, members)
    elif len(over) <= _MOST_PAIRED:
        for name in list(left)[:_MOST_PAIRED]:
            value = belong[name]
            if value is None or isinstance(value, bool) or is_filler(value):
                continue
            alike = [key for key in over if same(value, came[key])]
            if len(alike) == 1:
                _rename(step, name, alike[0], left, over, members)


def _rename(
    step: Step,
    name: str,
    key: str,
    left: dict[str, None],
    over: dict[str, None],
    members: Members,
) -> None:
    if len(members.facts) < _MOST_NAMED:
        inner = _into(step, key, {}, {key: step.came[key]}, name)
        members.facts.append(Renamed(inner, name, key, key, name))
    members.pairs[name] = key
    del left[name], over[key]


def _unasked(step: Step, came: JsonObject, over: list[str], known: bool) -> Iterator[Difference]:
    """Note the members that nobody asked for; a documented default may be sent or left out."""
    place = step.place
    properties = place.properties
    for key in over[:_MOST_NAMED]:
        value = came[key]
        inner = _into(step, key, {}, came)
        if key in properties:
            defaults = list(inner.place.gather("default"))
            if known and not any(equal(default, value) for default in defaults):
                yield Unasked(inner, UNKNOWN, value, defaults)
        elif (step.depth and place.is_data) or inner.place.parts[0].schema:
            if known:
                yield Added(inner, UNKNOWN, value, key)
        elif known or place.is_closed:
            yield Foreign(inner, UNKNOWN, value, key)


def _is_default(belong: JsonObject, key: str, place: Place, known: bool) -> bool:
    """Whether the member may be left out, because its absence means the same value."""
    if not known or place.requires(key):
        return False
    defaults = place.child(key, belong[key]).gather("default")
    return any(equal(default, belong[key]) for default in defaults)


def _bare(name: str) -> str:
    return re.sub(r"[-_.\s]", "", name).casefold()
