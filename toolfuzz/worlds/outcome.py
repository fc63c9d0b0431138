"""What became of a world: goal, rules and watches, read from its last state and its trace."""

from collections.abc import Iterator
from dataclasses import dataclass

from toolfuzz.core.case import Json
from toolfuzz.core.jsonvalue import equal
from toolfuzz.core.verdict import Finding
from toolfuzz.worlds.goal import held, holds
from toolfuzz.worlds.machine import Event, Machine
from toolfuzz.worlds.rules import RULES
from toolfuzz.worlds.spec import Check
from toolfuzz.worlds.view import texts_of
from toolfuzz.worlds.watch import watched

__all__ = ["Outcome", "failing_checks", "finding", "last_write", "outcome", "place_of"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings, and how many of the goal's parts and rules were looked at and don't hold."""

    findings: tuple[Finding, ...]
    checks: int
    failed: int

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not any(finding.severity == "error" for finding in self.findings)


def failing_checks(machine: Machine) -> list[Check]:
    """Return the parts of the goal that don't hold now."""
    return [check for check in machine.world.goal if not holds(machine.records, check)]


def outcome(machine: Machine, *, ended: bool) -> Outcome:
    """Read what became of a world. ``ended``: the model itself ended the talk."""
    world = machine.world
    failing = failing_checks(machine)
    broken = [(rule, list(RULES[rule.kind](rule.settings, machine.trace))) for rule in world.rules]
    findings = [_of_check(machine, check) for check in failing]
    for rule, events in broken:
        told, slug = str(rule.settings.get("says") or rule.kind), rule.settings.get("slug")
        told = told if slug else f"a rule is broken: {told}"
        findings += [finding(str(slug or "rule-broken"), told, e) for e in events[:1]]
    findings += list(_out_of_scope(machine))
    for seen in watched(machine, world.watch, ended=ended):
        findings.append(finding(seen.slug, seen.message, seen.event, severity=seen.severity))
    failed = len(failing) + sum(1 for _, events in broken if events)
    return Outcome(tuple(findings), len(world.goal) + len(world.rules), failed)


def _of_check(machine: Machine, check: Check) -> Finding:
    there = held(machine.records, check)
    slug = next((slug for value, slug in check.instead if equal(value, there)), check.slug)
    told = f"{place_of(machine, check)}: {there!r} in the end instead of {check.want!r}"
    event = last_write(machine, check) or _last_named(machine, check)
    return finding(slug, told, event, check.want, there)


def place_of(machine: Machine, check: Check) -> str:
    """Say what a part of the goal is about; records that have a name are called by it, too."""
    name = machine.records.get(check.kind, {}).get(check.id, {}).get("name")
    record = f'{check.kind} "{name}" ({check.id})' if name else f"{check.kind} {check.id}"
    return f"{record}, {check.field}" if check.field else record


def last_write(machine: Machine, check: Check) -> Event | None:
    """Return the call that last changed what a part of the goal is about."""
    place = (check.kind, check.id, check.field)
    for event in reversed(machine.trace):
        if any((write.kind, write.id, write.field) == place for write in event.writes):
            return event
    return None


def _last_named(machine: Machine, check: Check) -> Event | None:
    """Return the last call about the record that a part of the goal is about, a refused one first.

    What was refused and never made good is where it went wrong, not what was said of it later.
    """
    named = [event for event in machine.trace if check.id in texts_of(event.arguments)]
    return next(reversed([event for event in named if event.error] or named), None)


def _out_of_scope(machine: Machine) -> Iterator[Finding]:
    allowed = machine.world.may_write
    if allowed is None:
        return
    for event in machine.trace:
        for write in event.writes:
            if write.place not in allowed and f"{write.place}/{write.field}" not in allowed:
                what = f"{write.kind} {write.id}" + (f", {write.field}" if write.field else "")
                told = f"{event.tool} changed {what}, which nobody allowed"
                yield finding("write-out-of-scope", told, event)
                break


def finding(
    slug: str,
    message: str,
    event: Event | None,
    expected: Json = None,
    actual: Json = None,
    *,
    severity: str = "error",
    round: int | None = None,
) -> Finding:
    """Build a finding of a world. It points at the call ``event``, or at the reply ``round``."""
    return Finding(
        slug,
        "warn" if severity == "warn" else "error",
        "world",
        message,
        call=event.place if event else None,
        expected=expected,
        actual=actual,
        turn=event.round if event else round or 0,
    )
