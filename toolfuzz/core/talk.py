"""A conversation, played without I/O: what is said next depends on the case and what came alone.

Whoever asks does so by the same loop, over a network, from recorded bytes or in a test:

    talk = play(case)
    while talk.turn is not None:
        judgement = ...  # put talk.ask(...) to somebody, read and judge the reply
        talk.answer(judgement)
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from toolfuzz.core.ask import Ask, Said, ask_of, asked_after, said_in
from toolfuzz.core.case import Case, Turn
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.verdict import Finding, Scenario, Status

__all__ = ["Ending", "Judged", "Talk", "at_last_turn", "play", "rehearsed"]


class Judged(Protocol):
    """What a talk has to know of a reply: the reply as it goes into the history, and its worth."""

    @property
    def reply(self) -> Reply:
        """The reply, its calls assembled."""
        ...

    @property
    def status(self) -> Status:
        """Whether it passed."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with it."""
        ...

    @property
    def reason(self) -> str | None:
        """Why it isn't judged."""
        ...


@dataclass(frozen=True, slots=True)
class Ending:
    """How a talk ended, with the findings of all replies; one that failed fails the whole."""

    status: Status
    findings: tuple[Finding, ...]
    reason: str | None
    scenario: Scenario | None = None


class Talk:
    """A case under way.

    ``turn`` is what to send now, None at the end; ``history`` the turns before it with the replies
    that came, unrepaired.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.turn: Turn | None = case.turns[0]
        self.history: list[tuple[Turn, Reply]] = []
        self._judged: list[Judged] = []
        self._said: list[Said] = []
        self._heard = 0

    @property
    def number(self) -> int:
        """The turn's, counted from 0."""
        return len(self.history)

    @property
    def replies(self) -> tuple[Reply, ...]:
        """What came so far."""
        return tuple(reply for _, reply in self.history)

    def ask(self, *, model: str, stream: bool = False) -> Ask:
        """Return the question of this turn, with all that was said before it."""
        for turn, reply in self.history[self._heard :]:
            self._said += said_in(turn, reply)
        self._heard = self.number
        return asked_after(
            self.case, self.number, self._said, self.history, model=model, stream=stream
        )

    def answer(self, judged: Judged) -> Turn | None:
        """Take a reply in and return the turn that follows.

        There is none after the last one, and none after a reply that did not pass: its results
        would answer calls that nobody wanted. Wrong values in the right calls don't end it, for
        what becomes of them shows only later.
        """
        assert self.turn is not None, "the talk is over"
        self.history.append((self.turn, judged.reply))
        self._judged.append(judged)
        left = self.case.turns[self.number :] if _goes_on(judged) else ()
        self.turn = left[0] if left else None
        return self.turn

    @property
    def outcome(self) -> Ending:
        """What came of it, as far as it went."""
        first = len(self.history) - len(self._judged)
        findings = tuple(
            replace(finding, turn=turn) if turn else finding
            for turn, judged in enumerate(self._judged, first)
            for finding in judged.findings
        )
        if any(judged.status == "fail" for judged in self._judged):
            return Ending("fail", findings, None)
        last = self._judged[-1]
        return Ending(last.status, findings, last.reason)


def _goes_on(judged: Judged) -> bool:
    if judged.status == "fail":
        return all(f.layer == "values" for f in judged.findings if f.severity == "error")
    return judged.status == "pass"


def play(case: Case) -> Talk:
    """Begin a talk over a case."""
    return Talk(case)


def at_last_turn(case: Case) -> Talk:
    """Begin a talk at its last turn, with right answers to those before.

    Nobody gave them, but in a recorded conversation, where they are what was answered.
    """
    talk = Talk(case)
    talk.history = [(turn, _right(turn, n)) for n, turn in enumerate(case.turns[:-1])]
    talk.turn = case.turns[-1]
    return talk


def rehearsed(case: Case, *, model: str, stream: bool = False) -> Iterator[Ask]:
    """Yield the question of every turn, as if each before it had been answered right."""
    history: list[tuple[Turn, Reply]] = []
    for number, turn in enumerate(case.turns):
        yield ask_of(case, number, history, model=model, stream=stream)
        history.append((turn, _right(turn, number)))


def _right(turn: Turn, number: int) -> Reply:
    calls: Sequence[ToolCall] = [
        ToolCall(f"call_{number}_{n}", call.tool, json.dumps(call.arguments))
        for n, call in enumerate(turn.expect.calls)
    ]
    text = turn.answer or ("" if calls else "All right.")
    return Reply("", False, 200, text=text, calls=tuple(calls))
