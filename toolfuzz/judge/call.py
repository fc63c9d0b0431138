"""One call's arguments: what the schema proves, and what the right answer shows beside it.

With a right answer (``compare`` is ``exact``) everything that differs from it is a fact, without
one what breaks the schema. Facts become findings by what the defects say of them.

What one defect says at places of one schema shape is one finding, at the first of them and with
their number: twenty integers that came as strings are one defect, but an integer and a boolean
that did may be two, and can be minimized apart.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from toolfuzz.core.case import Json, JsonObject, Tool
from toolfuzz.core.jsonvalue import pointer_of, same
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect, Said
from toolfuzz.judge.differences import Difference, Edged, Leaf, Reworded, TooDeep
from toolfuzz.judge.envelope import Own
from toolfuzz.judge.explain import explain
from toolfuzz.judge.facts import Facts, MatchedCall
from toolfuzz.judge.leaks import said_in
from toolfuzz.judge.shapes import Part, Place
from toolfuzz.judge.step import UNKNOWN, Step
from toolfuzz.judge.texts import ReadArguments
from toolfuzz.judge.violations import violations
from toolfuzz.judge.walk import differences

__all__ = ["judge_arguments", "judge_text"]

_QUOTED = 60


def judge_text(document: ReadArguments, index: int) -> Iterator[Finding]:
    """Tell what is wrong with the argument string itself (group A), in the order of repair."""
    for fact in document.facts:
        for entry, said in explain(fact):
            yield entry.finding(
                said.message,
                severity=said.severity or entry.severity,
                call=index,
                pointer=fact.pointer,
                expected=fact.expected,
                actual=fact.actual,
            )


def judge_arguments(matched: MatchedCall, facts: Facts) -> Iterator[Finding]:
    """Judge the values of one call (groups B, C and D); never raises.

    What is wrong with the argument string itself is in ``matched.document`` already and is not
    said again. Filling in a documented default, or leaving it out, is legal.
    """
    value = matched.document.value
    right = matched.expected
    exact = right is not None and facts.turn.expect.compare == "exact"
    if value is None or (exact and matched.right):
        return
    known = right.arguments if right is not None and exact else None
    own = Own(matched.tool.name if matched.tool is not None else "", matched.call.id)
    try:
        found = [
            fact for fact in _facts(known, value, matched.tool, own) if not _asked(fact, facts)
        ]
        told = list(_told(found, matched.document.odd))
    except RecursionError:
        told = list(_told([_too_deep(matched.tool)], frozenset()))
    yield from _grouped(_gathered(told), matched.index)


def _facts(
    expected: JsonObject | None, value: JsonObject, tool: Tool | None, own: Own
) -> list[Difference]:
    root: Json = tool.parameters if tool is not None else {}
    if expected is None:
        return list(violations(root, value, own))
    return [] if same(expected, value) else list(differences(expected, value, root, own))


def _asked(fact: Difference, facts: Facts) -> bool:
    """Whether a text ends in markup because the question does."""
    return isinstance(fact, Edged) and str(fact.came)[-_QUOTED:] in said_in(facts)


def _too_deep(tool: Tool | None) -> TooDeep:
    place = Place(tool.parameters if tool else {}, {}, "", (Part({}, ""),), frozenset())
    return TooDeep(Step(None, "", UNKNOWN, UNKNOWN, known_place=place), UNKNOWN, UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a defect says, and of which values, at the step where the finding is to stand.

    ``own``: that is where the fact stands; else it is told once for all such facts below.
    """

    defect: Defect
    said: Said
    step: Step
    expected: Json
    came: Json
    own: bool = True


def _told(facts: Sequence[Difference], odd: frozenset[str]) -> Iterator[_Told]:
    for fact in facts:
        if _said_already(fact, odd):
            continue
        for entry, said in explain(fact):
            if entry.residual and isinstance(fact, Leaf):
                for step in fact.step.line():
                    step.changed += 1
            above = fact.step.parent if said.above else None
            yield _Told(
                entry, said, above or fact.step, fact.expected, fact.came, own=above is None
            )


def _gathered(told: Iterable[_Told]) -> Iterator[_Told]:
    """Tell once what stands in one place for several values below it."""
    tops: set[tuple[str, int]] = set()
    for one in told:
        here = _at_the_top(one) if one.defect.residual else one
        top = (here.defect.slug, id(here.step))
        if here.own or top not in tops:
            yield here
        if not here.own:
            tops.add(top)


def _at_the_top(one: _Told) -> _Told:
    """Return a change where it belongs: at the top of a subtree of which nothing is right."""
    top = one.step
    while top.parent is not None and top.parent.leaves == top.parent.changed > 0:
        top = top.parent
    if top is one.step or top.changed < 2:
        return one
    said = Said(f"all {top.changed} values changed")
    return _Told(one.defect, said, top, top.expected, top.came, own=False)


def _grouped(told: Iterable[_Told], index: int) -> Iterator[Finding]:
    groups: dict[tuple[str, str, str | None], list[_Told]] = {}
    for one in told:
        key = (one.defect.slug, one.step.place.shape, one.said.severity)
        groups.setdefault(key, []).append(one)
    for (_, shape, _), group in groups.items():
        first = group[0]
        more = f" (at {len(group)} places)" if len(group) > 1 else ""
        expected, came = first.expected, first.came
        yield first.defect.finding(
            first.said.message + more,
            severity=first.said.severity or first.defect.severity,
            call=index,
            pointer=pointer_of(first.step.path()),
            schema_pointer=first.step.place.schema_pointer,
            shape=shape,
            expected=None if expected is UNKNOWN else clip(expected),
            actual=None if came is UNKNOWN else clip(came),
        )


def _said_already(fact: Difference, odd: frozenset[str]) -> bool:
    """Whether what is odd in the argument text covers this."""
    if "lone-surrogate" in odd and isinstance(fact, Reworded):
        return any("\ud800" <= c <= "\udfff" for c in str(fact.came))
    if "nonfinite" in odd and isinstance(fact.came, float):
        return fact.came != fact.came or abs(fact.came) == float("inf")
    return False
