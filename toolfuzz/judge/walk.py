"""The arguments beside the right ones: a walk over both at once, types strictly apart.

Object keys in another order are the same object. What differs is noted at its cause: the keys of
an object before its values, a value's type before its content. What came inside out (an object as
a string) is turned back, so that the walk goes on. Only facts are noted here; what they mean is
told in ``judge/defects/``.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import canonical, equal, kind_of, same, token
from toolfuzz.judge.differences import (
    Chosen,
    Difference,
    Flattened,
    ItemsWrapped,
    Leaf,
    OtherBranch,
    Renumbered,
    Reordered,
    Resized,
    Respelled,
    Reworded,
    Wrapped,
)
from toolfuzz.judge.envelope import Own, unwrap
from toolfuzz.judge.explain import explains_text
from toolfuzz.judge.members import sort_out
from toolfuzz.judge.paths import gathered
from toolfuzz.judge.schema import closest_members
from toolfuzz.judge.shapes import root_place
from toolfuzz.judge.spelled import json_text, retyped, same_number, unwrapped_items
from toolfuzz.judge.step import UNKNOWN, Step

__all__ = ["differences"]

_MOST = 200


def differences(
    expected: JsonObject, came: JsonObject, root: Json, own: Own
) -> Iterator[Difference]:
    """Yield what differs (about 200 facts at most), in the order of the arguments."""
    place = root_place(root, expected)
    start = Step(None, "", expected, came, known_place=place)
    inner = unwrap(came, expected, place, own)
    if inner is not None:
        yield Wrapped(start, expected, came, inner[1])
        start = replace(start, came=inner[0])
    stack, count = [start], 0
    while stack and count < _MOST:
        onward: list[Step] = []
        for fact in _at(stack.pop(), onward):
            count += 1
            yield fact
        stack += onward[::-1]


def _at(step: Step, onward: list[Step]) -> Iterator[Difference]:
    """Yield the facts of one step; ``onward`` takes the steps to go to from here."""
    right, came = step.expected, step.came
    if isinstance(right, dict) and isinstance(came, dict):
        yield from _object(step, right, came, onward)
    elif isinstance(right, list) and isinstance(came, list):
        yield from _array(step, right, came, onward)
    else:
        yield from _value(step, right, came, onward)


def _object(
    step: Step, right: JsonObject, came: JsonObject, onward: list[Step]
) -> Iterator[Difference]:
    branch = _other_branch(step, right, came)
    if branch is not None:
        yield branch
        return
    if not right and not came:
        step.count()
    pairs = None
    if step.depth and (key := _doubled(right, came)) is not None:
        step.count()
        yield Wrapped(step, right, came, f"the object stands one level down, under {key[:80]!r}")
        return
    came, strays = gathered(right, came)
    for key, name in strays:
        yield Flattened(step.into(key, UNKNOWN, came[name][key]), UNKNOWN, came[name][key], [key])
    if right.keys() != came.keys():
        members = sort_out(step, right, came)
        pairs = members.pairs
        yield from members.facts
        step.count()
        if members.done:
            return
    for name, value in right.items():
        shown = name if pairs is None else pairs.get(name)
        if shown is not None:
            onward.append(step.into(name, value, came[shown], shown))


def _doubled(right: JsonObject, came: JsonObject) -> str | None:
    """Return the one key under which all of the right object stands."""
    key, inner = next(iter(came.items())) if len(came) == 1 else ("", None)
    return key if right and key not in right and same(inner, right) else None


def _other_branch(step: Step, right: JsonObject, came: JsonObject) -> OtherBranch | None:
    """Return the fact that an object of a union mixes branches or has another branch's mark."""
    extra = came.keys() - right.keys()
    changed = [k for k in right if k in came and _is_mark(right[k]) and not same(right[k], came[k])]
    branches = step.place.object_branches if extra or changed else []
    if not branches:
        return None
    marks = [key for key in changed if _marks_branch(key, right[key], came[key], branches)]
    foreign = [
        key
        for key in extra
        if key not in step.place.properties and any(key in b["properties"] for b in branches)
    ]
    if not marks and not foreign:
        return None
    admitted = step.place.admits(came)
    if admitted and not marks:
        return None
    mark, other = next(iter(marks), None), next(iter(foreign), None)
    return OtherBranch(step, right, came, mark, other, admitted)


def _is_mark(value: Json) -> bool:
    return isinstance(value, str | int)


def _marks_branch(key: str, right: Json, came: Json, branches: list[JsonObject]) -> bool:
    """Whether the key tells the union's branches apart and says something else now."""
    if kind_of(right) != kind_of(came):
        return False
    if isinstance(right, str) and (explains_text(right, came) or closest_members([right], came)):
        return False
    marks: list[Json] = []
    for branch in branches:
        member = branch["properties"].get(key)
        if isinstance(member, dict):
            marks += [member["const"]] if "const" in member else member.get("enum", [])[:1]
    return len(marks) >= len(branches) and any(same(right, mark) for mark in marks)


def _array(
    step: Step, right: list[Json], came: list[Json], onward: list[Step]
) -> Iterator[Difference]:
    inner = unwrapped_items(came)
    pairs = zip(right, came, strict=False)
    boxed = any(isinstance(item, dict) and not isinstance(wanted, dict) for wanted, item in pairs)
    if boxed and inner is not UNKNOWN and equal(inner, right):
        step.count()
        yield ItemsWrapped(step, right, came)
    elif not same(right, came) and step.place.is_tuple and _is_shuffled(step):
        step.count()
        yield Reordered(step, right, came)
    elif len(right) != len(came) or _in_pieces(right, came):
        step.count()
        yield Resized(step, right, came)
    else:
        if not right:
            step.count()
        onward += [step.into(n, value, came[n]) for n, value in enumerate(right)]


def _in_pieces(right: list[Json], came: list[Json]) -> bool:
    """Whether the items are the JSON of the list, cut at its commas."""
    texts = [item for item in came if isinstance(item, str)]
    whole = len(texts) == len(came) > 1 and texts[0][:1] == "[" and texts[-1][-1:] == "]"
    return whole and equal(json_text(",".join(texts), "["), right)


def _is_shuffled(step: Step) -> bool:
    """Whether the tuple has the right items in an order that its schema forbids."""
    items, came = (Counter(map(canonical, value)) for value in (step.expected, step.came))
    return items == came and not step.place.admits(step.came)


def _value(step: Step, right: Json, came: Json, onward: list[Step]) -> Iterator[Difference]:
    step.count()
    if type(right) is type(came) and right == came and not isinstance(right, float):
        return
    if same_number(right, came):
        if token(right) != token(came):
            yield Respelled(step, right, came)
        return
    wanted, kind = kind_of(right), kind_of(came)
    numbers = ("integer", "number")
    if isinstance(right, str) and isinstance(came, str):
        yield (Chosen if came in step.place.enum else Reworded)(step, right, came)
    elif wanted in numbers and kind in numbers:
        yield Renumbered(step, right, came)
    elif wanted == kind:
        yield Leaf(step, right, came)
    else:
        fact = retyped(step, right, came, (wanted,))
        yield fact
        if isinstance(right, dict | list) and type(fact.loaded) is type(right):
            onward.append(replace(step, came=fact.loaded, leaves=0, changed=0))
