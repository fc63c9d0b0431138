"""One call's arguments: what the schema proves, and what the right answer shows beside it.

With a right answer (``compare`` is ``exact``) everything that differs from it is named, finely
where the catalogue knows the cause, else as ``value-changed``. Without one only the schema counts.

Causes of one slug at places of one schema shape are one finding, at the first of them and with
their number: twenty integers that came as strings are one defect, but an integer and a boolean
that did may be two, and can be minimized apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from toolfuzz.core.case import Json, JsonObject, Tool
from toolfuzz.core.jsonvalue import pointer_of, same
from toolfuzz.core.text import clip
from toolfuzz.core.validation import fits
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defect, finding
from toolfuzz.judge.coercion import UNKNOWN, Cause
from toolfuzz.judge.facts import Facts, MatchedCall
from toolfuzz.judge.shapes import Part, Place
from toolfuzz.judge.values import differences
from toolfuzz.judge.violations import violations

__all__ = ["judge_arguments", "validates"]


def judge_arguments(matched: MatchedCall, facts: Facts) -> Iterator[Finding]:
    """Judge the values of one call (groups B, C and D); never raises.

    What is wrong with the argument string itself is in ``matched.document`` already and is not
    said again. Filling in a documented default, or leaving it out, is legal.
    """
    value = matched.document.value
    if value is None:
        return
    root: Json = matched.tool.parameters if matched.tool is not None else {}
    name = matched.tool.name if matched.tool is not None else ""
    exact = matched.expected is not None and facts.turn.expect.compare == "exact"
    try:
        if matched.expected is not None and exact:
            if same(matched.expected.arguments, value):
                return
            causes = list(_against_answer(matched.expected.arguments, value, root, name))
        else:
            causes = list(_against_schema(value, root, name))
    except RecursionError:
        place = Place(root, {}, "", (Part({}, ""),), frozenset())
        causes = [_Located([], place, _TOO_DEEP, UNKNOWN, UNKNOWN)]
    named = {said.slug for said in matched.document.findings}
    findings = list(_grouped((c for c in causes if not _said_already(c, named)), matched.index))
    yield from findings
    if matched.tool is not None and matched.tool.strict:
        yield from _unenforced(findings, matched, value)


def validates(value: Json, tool: Tool) -> bool:
    """Whether the value validates against the tool's parameters.

    Draft 2020-12 or the schema's own ``$schema``; formats count, 5.0 is an integer, and a remote
    ``$ref`` is never fetched.
    """
    return fits(tool.parameters, value)


@dataclass(frozen=True, slots=True)
class _Located:
    path: list[str | int]
    place: Place
    cause: Cause
    expected: Json
    came: Json


_TOO_DEEP = Cause("value-changed", "nested too deep to say where it differs")


def _against_answer(
    expected: JsonObject, value: JsonObject, root: Json, name: str
) -> Iterator[_Located]:
    for difference in differences(expected, value, root, name):
        step = difference.step
        yield _Located(
            step.path(), step.place, difference.cause, difference.expected, difference.came
        )


def _against_schema(value: JsonObject, root: Json, name: str) -> Iterator[_Located]:
    for found in violations(root, value, name):
        yield _Located(found.path, found.place, found.cause, UNKNOWN, found.came)


def _said_already(located: _Located, named: set[str]) -> bool:
    """Whether the argument string's own finding covers this."""
    slug, came = located.cause.slug, located.came
    if slug == "args-unicode-corrupt" and slug in named and isinstance(came, str):
        return any("\ud800" <= c <= "\udfff" for c in came)
    if "args-nonfinite" in named and isinstance(came, float):
        return came != came or abs(came) == float("inf")
    return False


def _grouped(causes: Iterable[_Located], index: int) -> Iterator[Finding]:
    groups: dict[tuple[str, str, str | None], list[_Located]] = {}
    for located in causes:
        key = (located.cause.slug, located.place.shape, located.cause.severity)
        groups.setdefault(key, []).append(located)
    for (slug, shape, severity), group in groups.items():
        first = group[0]
        more = f" (at {len(group)} places)" if len(group) > 1 else ""
        yield finding(
            slug,
            first.cause.message + more,
            call=index,
            pointer=pointer_of(first.path),
            schema_pointer=first.place.schema_pointer,
            shape=shape,
            expected=None if first.expected is UNKNOWN else clip(first.expected),
            actual=None if first.came is UNKNOWN else clip(first.came),
            **({"severity": severity} if severity else {}),
        )


def _unenforced(
    findings: list[Finding], matched: MatchedCall, value: JsonObject
) -> Iterator[Finding]:
    """Say beside a schema defect that the tool was promised to be strict (a documented pair)."""
    broken = [f for f in findings if f.severity == "error" and defect(f.slug).group == "D"]
    if broken and matched.tool is not None and not validates(value, matched.tool):
        first = broken[0]
        yield finding(
            "schema-unenforced",
            f"the tool is strict, yet the server let {first.slug} pass",
            call=matched.index,
            pointer=first.pointer,
            schema_pointer=first.schema_pointer,
            shape=first.shape,
        )
