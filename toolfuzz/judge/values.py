"""The arguments beside the right ones: a walk over both at once, types strictly apart.

Object keys in another order are the same object. A difference is named at its cause: the keys of
an object before its values, a value's type before its content. What came inside out (an object as
a string) is turned back, so that the walk goes on.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import canonical, kind_of, same, token
from toolfuzz.judge.coercion import UNKNOWN, Cause, explain_type, same_number
from toolfuzz.judge.objects import sort_out, unwrap
from toolfuzz.judge.schema import closest_members, fault_here
from toolfuzz.judge.shapes import Place, root_place
from toolfuzz.judge.strings import explain

__all__ = ["Difference", "Step", "differences"]

_MOST = 200
_SAFE_INTEGER = 2**53
_PROVEN = frozenset(
    {
        "enum-case",
        "enum-violation",
        "enum-type-mismatch",
        "default-const-ignored",
        "constraint-violation",
        "union-branch-invalid",
    }
)


@dataclass(slots=True)
class Step:
    """A place on the walk: how it was reached, both values, and how many leaves are wrong."""

    parent: "Step | None"
    key: str | int
    expected: Json
    came: Json
    shown: str | int = ""
    depth: int = 0
    leaves: int = 0
    changed: int = 0
    known_place: Place | None = None

    def into(
        self, key: str | int, expected: Json, came: Json, shown: str | int | None = None
    ) -> "Step":
        """Return the step to a member; ``shown`` is the key under which it came."""
        shown = key if shown is None else shown
        return Step(self, key, expected, came, shown, self.depth + 1)

    def path(self) -> list[str | int]:
        """Return the keys from the arguments object to here, as they came."""
        return [step.shown for step in self.line()[1:]]

    def line(self) -> list["Step"]:
        """Return the steps from the root to here."""
        line, step = [self], self.parent
        while step is not None:
            line.append(step)
            step = step.parent
        return line[::-1]

    def count(self, changed: bool) -> None:
        """Count a leaf here and in everything around it."""
        for step in self.line():
            step.leaves += 1
            step.changed += changed

    @property
    def place(self) -> Place:
        """The schema's place, looked up only for what differs; the root step brings its own."""
        line = self.line()
        for above, step in pairwise(line):
            if step.known_place is None and above.known_place is not None:
                known = None if step.expected is UNKNOWN else step.expected
                step.known_place = above.known_place.child(step.key, known)
        assert self.known_place is not None
        return self.known_place


@dataclass(frozen=True, slots=True)
class Difference:
    """A cause at a step; ``expected`` and ``came`` are what it is about."""

    step: Step
    cause: Cause
    expected: Json
    came: Json


def differences(
    expected: JsonObject, came: JsonObject, root: Json, tool_name: str
) -> list[Difference]:
    """Return what differs (at most 200 causes), in the order of the arguments."""
    place = root_place(root, expected)
    start = Step(None, "", expected, came, known_place=place)
    found: list[Difference] = []
    if expected.keys() != came.keys():
        inner = unwrap(came, expected, place, tool_name)
        if inner is not None:
            found.append(_at(start, Cause("args-wrapped", inner[1])))
            start = replace(start, came=inner[0])
    stack = [start]
    while stack and len(found) < _MOST:
        step = stack.pop()
        if isinstance(step.expected, dict) and isinstance(step.came, dict):
            onward = _object(step, step.expected, step.came, found)
        elif isinstance(step.expected, list) and isinstance(step.came, list):
            onward = _array(step, step.expected, step.came, found)
        else:
            onward = _value(step, found)
        stack += list(onward)[::-1]
    return _gathered(found)


def _at(step: Step, cause: Cause) -> Difference:
    return Difference(step, cause, step.expected, step.came)


def _object(
    step: Step, right: JsonObject, came: JsonObject, found: list[Difference]
) -> Iterator[Step]:
    branch = _other_branch(step, right, came)
    if branch is not None:
        found.append(_at(step, branch))
        return
    if not right and not came:
        step.count(changed=False)
    pairs = None
    if right.keys() != came.keys():
        keys = sort_out(right, came, step.place, step.depth)
        pairs = keys.pairs
        names = {shown: name for name, shown in pairs.items()}
        found += [_keyed(step, key, cause, names) for key, cause in keys.causes]
        step.count(changed=False)
        if keys.done:
            return
    for name, value in right.items():
        shown = name if pairs is None else pairs.get(name)
        if shown is not None:
            yield step.into(name, value, came[shown], shown)


def _keyed(step: Step, key: str | None, cause: Cause, names: dict[str, str]) -> Difference:
    """Return the difference at a member; a renamed one has the schema of its right name."""
    if key is None:
        return _at(step, cause)
    name = names.get(key, key)
    right, came = step.expected.get(name, UNKNOWN), step.came.get(key, UNKNOWN)
    inner = step.into(name, right, came, key)
    if name != key:
        return Difference(inner, cause, name, key)
    return _at(inner, cause)


def _other_branch(step: Step, right: JsonObject, came: JsonObject) -> Cause | None:
    """Say that an object of a union mixes branches or has another branch's mark."""
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
    if marks and step.place.admits(came):
        return Cause("value-changed", "another branch of the union")
    if marks:
        return Cause("union-branch-invalid", f"{marks[0]!r} names another branch than the members")
    if foreign and not step.place.admits(came):
        return Cause("union-branch-invalid", f"{foreign[0]!r} belongs to another branch")
    return None


def _is_mark(value: Json) -> bool:
    return isinstance(value, str | int)


def _marks_branch(key: str, right: Json, came: Json, branches: list[JsonObject]) -> bool:
    """Whether the key tells the union's branches apart and says something else now."""
    if kind_of(right) != kind_of(came):
        return False
    if isinstance(right, str) and (explain(right, came) or closest_members([right], came)):
        return False
    marks: list[Json] = []
    for branch in branches:
        member = branch["properties"].get(key)
        if isinstance(member, dict):
            marks += [member["const"]] if "const" in member else member.get("enum", [])[:1]
    return len(marks) >= len(branches) and any(same(right, mark) for mark in marks)


def _array(
    step: Step, right: list[Json], came: list[Json], found: list[Difference]
) -> Iterator[Step]:
    for wanted, item in zip(right, came, strict=False):
        if isinstance(item, dict) and not isinstance(wanted, dict):
            cause = explain_type("array", right, came, step.place, step.depth)
            if cause is not None:
                step.count(changed=False)
                found.append(_at(step, cause))
                return
            break
    if not same(right, came) and step.place.is_tuple and _is_shuffled(step):
        step.count(changed=False)
        found.append(_at(step, Cause("tuple-violated", "the items are in another order")))
        return
    if len(right) != len(came):
        cause = _length(step, right, came)
        step.count(cause.slug == "value-changed")
        found.append(_at(step, cause))
        return
    if not right:
        step.count(changed=False)
    for n, value in enumerate(right):
        yield step.into(n, value, came[n])


def _is_shuffled(step: Step) -> bool:
    """Whether the tuple has the right items in an order that its schema forbids."""
    items, came = (Counter(map(canonical, value)) for value in (step.expected, step.came))
    return items == came and not step.place.admits(step.came)


def _length(step: Step, right: list[Json], came: list[Json]) -> Cause:
    if not came and step.place.is_recursive:
        return Cause("recursive-collapse", "the recursive structure ends too early, with []")
    fault = fault_here(step.place, came)
    if fault is not None and fault.slug in ("tuple-violated", "constraint-violation"):
        return fault
    return Cause("value-changed", f"{len(came)} items instead of {len(right)}")


def _value(step: Step, found: list[Difference]) -> Iterator[Step]:
    right, came = step.expected, step.came
    if type(right) is type(came) and right == came and not isinstance(right, float):
        step.count(changed=False)
        return
    if same_number(right, came):
        step.count(changed=False)
        note = _spelling(step, right, came)
        if note is not None:
            found.append(_at(step, note))
        return
    cause = _explain(step, right, came)
    step.count(cause.slug == "value-changed")
    if cause.slug == "tuple-violated" and step.parent is not None:
        if not any(d.step is step.parent for d in found):
            found.append(Difference(step.parent, cause, right, came))
        return
    found.append(_at(step, cause))
    if type(cause.mended) is type(right) and isinstance(right, dict | list):
        yield replace(step, came=cause.mended, leaves=0, changed=0)


def _spelling(step: Step, right: Json, came: Json) -> Cause | None:
    spelled = token(came)
    if spelled == token(right):
        return None
    zero = spelled.startswith("-0")
    if isinstance(came, float) and not zero and _wants_integer(step.place, right):
        # Draft 4 and older call 5.0 no integer: there it is no matter of spelling.
        weight = None if step.place.admits(came) else "error"
        said = f"the integer is spelled {spelled[:40]}"
        return Cause("integer-as-float", said, severity=weight)
    return Cause("number-lexical-drift", f"spelled {spelled[:40]} instead of {token(right)[:40]}")


def _wants_integer(place: Place, right: Json) -> bool:
    named = [kind for kinds in place.gather("type") for kind in _listed(kinds)]
    return "integer" in named if named else isinstance(right, int)


def _listed(kinds: Json) -> list[Json]:
    return kinds if isinstance(kinds, list) else [kinds]


def _explain(step: Step, right: Json, came: Json) -> Cause:
    place = step.place
    wanted, kind = kind_of(right), kind_of(came)
    numbers = ("integer", "number")
    if isinstance(right, str) and isinstance(came, str):
        members = [m for listed in place.gather("enum") if isinstance(listed, list) for m in listed]
        if came in members:
            # However alike they are: choosing another one of the choices is no corruption.
            return Cause("value-changed", "another member of the enum")
        content = explain(right, came)
        if content is not None:
            return Cause(*content)
        if right in closest_members(members, came):
            return Cause("enum-case", f"{came!r} is spelled {right!r} in the enum")
    elif wanted in numbers and kind in numbers:
        if _rounded(right, came):
            return Cause("integer-precision-loss", "rounded to what a double can hold")
    elif wanted != kind:
        cause = explain_type(wanted, right, came, place, step.depth)
        if cause is not None:
            return cause
    return _unexplained(step, came)


def _unexplained(step: Step, came: Json) -> Cause:
    """Name what the schema proves; when it proves nothing, the value has just changed."""
    fault = fault_here(step.place, came)
    if fault is not None and step.parent is not None and step.parent.place.is_tuple:
        return Cause("tuple-violated", f"item {step.key} has no place there")
    if fault is not None and fault.slug in _PROVEN:
        return fault
    return Cause("value-changed", "another value")


def _rounded(right: Json, came: Json) -> bool:
    if not isinstance(right, int) or abs(right) <= _SAFE_INTEGER:
        return False
    try:
        return float(right) == float(came)
    except OverflowError:
        return False


def _gathered(found: list[Difference]) -> list[Difference]:
    """Report changes that leave nothing of a subtree once, at its top."""
    gathered: list[Difference] = []
    tops: set[int] = set()
    for difference in found:
        top = difference.step
        if difference.cause.slug == "value-changed":
            while top.parent is not None and top.parent.leaves == top.parent.changed > 0:
                top = top.parent
        if top is difference.step or top.changed < 2:
            gathered.append(difference)
        elif id(top) not in tops:
            tops.add(id(top))
            gathered.append(_at(top, Cause("value-changed", f"all {top.changed} values changed")))
    return gathered
