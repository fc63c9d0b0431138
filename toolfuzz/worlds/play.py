"""Plays a case, whichever it is: a script of turns, or a world in which the calls are executed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolfuzz.core import talk
from toolfuzz.core.case import Case, Expectation, JsonObject, Message, Turn
from toolfuzz.core.reply import Reply, ToolCall, arguments_of
from toolfuzz.core.talk import Ending, Judged, Talk
from toolfuzz.core.verdict import Finding, Scenario, Status
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.outcome import failing_checks, outcome
from toolfuzz.worlds.spec import world_of
from toolfuzz.worlds.user import ScriptedUser

__all__ = ["Passed", "WorldTalk", "ending_of", "gone_on", "play"]

_UNKNOWN = Expectation("unknown")


@dataclass(frozen=True, slots=True)
class Passed:
    """A reply that arrived as it should: it was judged elsewhere, or needs no judge."""

    reply: Reply
    status: Status = "pass"
    findings: tuple[Finding, ...] = ()
    reason: str | None = None


class WorldTalk(Talk):
    """A world under way: the model's calls are executed, and the scripted user goes on."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.machine = Machine(world_of(case))
        self.user = ScriptedUser(self.machine)
        self._ended = False

    def answer(self, judged: Judged) -> Turn | None:
        """Take a reply in: execute its calls, or let the user go on where it has none.

        The talk ends when the user has nothing more to say, after ``most_rounds`` replies, and
        with a reply that can't be executed because it arrived broken.
        """
        assert self.turn is not None, "the talk is over"
        reply, round = judged.reply, self.number
        results: tuple[str, ...] = ()
        if judged.status == "pass":
            results = tuple(
                self.machine.call(call.name or "", _arguments(call), round=round, place=n).told
                for n, call in enumerate(reply.calls)
            )
        asked = replace(self.turn, results=results)
        self.history.append((asked, reply))
        self._judged.append(judged)
        self.turn = self._next(judged) if judged.status == "pass" else None
        turns = (*self.case.turns[:round], asked, *((self.turn,) if self.turn else ()))
        self.case = self.case.going_on(turns)
        return self.turn

    def expecting(self, expect: Expectation) -> None:
        """Say what must come back in this turn, where whoever asks has written it himself."""
        assert self.turn is not None, "the talk is over"
        self.turn = replace(self.turn, expect=expect)
        self.case = self.case.going_on((*self.case.turns[: self.number], self.turn))

    def _next(self, judged: Judged) -> Turn | None:
        if self.number >= self.machine.world.most_rounds:
            return None
        if judged.reply.calls:
            return Turn((), _UNKNOWN)
        said = self.user.says(self.number - 1)
        self._ended = said is None
        return None if said is None else Turn((Message("user", said),), _UNKNOWN)

    @property
    def outcome(self) -> Ending:
        """What came of it: of the wire where a reply ended it, else of the world."""
        wire = super().outcome
        world, rounds = self.machine.world, self.number
        scenario = Scenario(
            dimension=world.dimension,
            level=world.level,
            pair=world.pair,
            twin=world.twin,
            status="unjudged",
            rounds=rounds,
            calls=len(self.machine.trace),
            interventions=len(self.user.corrections),
            regressions=self.user.regressions,
            reached=not failing_checks(self.machine),
            needed=len(world.gold) + len(world.user.pieces) + 1,
            turns_apart=world.apart[0],
            tokens_apart=world.apart[1],
        )
        if wire.status != "pass":
            return replace(wire, scenario=scenario)
        came = outcome(self.machine, ended=self._ended)
        corrected = tuple(self.user.findings())
        status: Status = "pass" if came.passed and not corrected else "fail"
        scenario = replace(scenario, status=status, checks=came.checks, checks_failed=came.failed)
        return Ending(status, (*wire.findings, *corrected, *came.findings), None, scenario)


def play(case: Case) -> Talk:
    """Begin a talk over a case."""
    return talk.play(case) if case.world is None else WorldTalk(case)


def gone_on(case: Case, replies: Sequence[Reply]) -> Case:
    """Return the case with the turns that came of these replies, each taken as one that passed.

    A scripted case is returned as it is.
    """
    return case if case.world is None else _taken(case, replies).case


def ending_of(case: Case, replies: Sequence[Reply]) -> Ending | None:
    """Return how a world ended with these replies, each taken as one that passed.

    None for a scripted case, and for a world that would go on.
    """
    if case.world is None:
        return None
    going = _taken(case, replies)
    return None if going.turn is not None else going.outcome


def _taken(case: Case, replies: Sequence[Reply]) -> WorldTalk:
    going = WorldTalk(case)
    for reply in replies:
        if going.turn is None:
            break
        going.answer(Passed(reply))
    return going


def _arguments(call: ToolCall) -> JsonObject:
    value = arguments_of(call)
    return value if isinstance(value, dict) else {}
