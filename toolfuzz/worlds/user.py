"""The scripted user: a finite program that is never wrong, since it says only what the goal says.

It tells the task in pieces and, when the model says that it is done and the goal isn't reached,
corrects it: at grade 0 "not right", 1 where, 2 what, 3 the exact call.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from toolfuzz.core.case import ExpectedCall
from toolfuzz.core.verdict import Finding
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.outcome import failing_checks, finding, last_write, place_of
from toolfuzz.worlds.spec import Check

__all__ = ["MOST_HELP", "Correction", "ScriptedUser", "correction", "is_correction", "told_call"]

MOST_HELP = 3
_WRONG = "That is not right yet."
_CALL = re.compile(rf"{re.escape(_WRONG)} Call (\S+) with exactly (\{{.*\}})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Correction:
    """What was said about a part of the goal after the reply ``round``.

    ``failing`` are all the parts that didn't hold then.
    """

    round: int
    grade: int
    about: Check
    failing: tuple[Check, ...]


@dataclass(slots=True)
class ScriptedUser:
    """The user of a world under way."""

    machine: Machine
    corrections: list[Correction] = field(default_factory=list)
    _told: int = 0

    def says(self, round: int) -> str | None:
        """Return what is said to a reply without a call; None: nothing is left to be said."""
        user = self.machine.world.user
        if self._told < len(user.pieces):
            self._told += 1
            return user.pieces[self._told - 1]
        if len(self.corrections) >= user.patience:
            return None
        failing = failing_checks(self.machine)
        if not failing:
            return None
        grade = min(user.grade + len(self.corrections), MOST_HELP)
        self.corrections.append(Correction(round, grade, failing[0], tuple(failing)))
        return correction(failing[0], place_of(self.machine, failing[0]), grade)

    @property
    def regressions(self) -> int:
        """How many corrections were followed by the loss of what had been right."""
        return sum(bool(_lost(before, after)) for before, after in self._steps())

    def findings(self) -> Iterator[Finding]:
        """Yield what the corrections show: that they were needed, and what came of them."""
        if self.corrections:
            yield self._needed()
        for before, after in self._steps():
            if lost := _lost(before, after):
                told = f"{self._place(lost[0])} was right before correction {self._number(before)}"
                yield self._finding("correction-regressed", f"{told} and isn't after it", lost[0])
        for before, after in self._steps():
            if before.grade and before.about in after:
                told = f"{self._place(before.about)} is still wrong after the user named it"
                yield self._finding("correction-not-taken", told, round=before.round + 1)
                return

    def _needed(self) -> Finding:
        first, times = self.corrections[0], len(self.corrections)
        told = "once" if times == 1 else f"{times} times"
        wrong = f"{self._place(first.about)} was not right when the model said that it was done"
        return self._finding(
            "correction-needed", f"{wrong}: the user had to correct it {told}", round=first.round
        )

    def _steps(self) -> Iterator[tuple[Correction, Sequence[Check]]]:
        """Yield each correction with the parts of the goal that didn't hold after it."""
        if not self.corrections:
            return
        after = [c.failing for c in self.corrections[1:]] + [tuple(failing_checks(self.machine))]
        yield from zip(self.corrections, after, strict=True)

    def _place(self, check: Check) -> str:
        return place_of(self.machine, check)

    def _number(self, correction: Correction) -> int:
        return self.corrections.index(correction) + 1

    def _finding(
        self, slug: str, message: str, check: Check | None = None, round: int | None = None
    ) -> Finding:
        event = last_write(self.machine, check) if check else None
        return finding(slug, message, event, round=round)


def _lost(before: Correction, after: Sequence[Check]) -> list[Check]:
    return [check for check in after if check not in before.failing]


def correction(check: Check, place: str, grade: int) -> str:
    """Say what is not right yet, at one of four grades of help."""
    match grade:
        case 0:
            return f"{_WRONG} Please look at it again and finish it."
        case 1:
            return f"{_WRONG} Look again at {place}."
        case 3 if check.fix is not None:
            given = json.dumps(check.fix.arguments, ensure_ascii=False)
            return f"{_WRONG} Call {check.fix.tool} with exactly {given}"
        case _ if check.field:
            return f"{_WRONG} {place} has to be {json.dumps(check.want, ensure_ascii=False)}"
        case _:
            return f"{_WRONG} {place} {'has to' if check.want else 'must not'} be there."


def is_correction(text: str) -> bool:
    """Whether the user corrects here."""
    return text.startswith(_WRONG)


def told_call(text: str) -> ExpectedCall | None:
    """Return the exact call that a correction asks for; None where it names none."""
    found = _CALL.fullmatch(text)
    return ExpectedCall(found[1], json.loads(found[2])) if found else None
