"""The front doors of a gateway on trial: each is asked with both of its sides seen."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from toolfuzz.core.case import Case, Expectation, Message, Turn
from toolfuzz.core.errors import EndpointError, ToolfuzzError, UsageError
from toolfuzz.core.events import (
    CaseDrawn,
    CaseSkipped,
    Event,
    ExchangeRecorded,
    UpstreamAnswered,
    VerdictReached,
)
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.talk import play
from toolfuzz.core.verdict import Verdict
from toolfuzz.formats import CannotAskError
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.judge.relay.difference import Difference
from toolfuzz.judge.relay.parameters import parameters_added
from toolfuzz.pools.question import metrics_of, modes
from toolfuzz.runs.purse import Purse
from toolfuzz.runs.sides import compared, tagged, verdict_of
from toolfuzz.runs.targets import reach
from toolfuzz.simulate.scripted import Script, is_unable
from toolfuzz.sources.http import HttpSession, HttpSource
from toolfuzz.sources.pacing import Pacer

__all__ = ["AT_ONCE", "Door", "open_doors"]

AT_ONCE = 4
"""Questions under way: a gateway that is overrun makes other mistakes."""

_HELLO = Case(
    "probe", "reachable", (), (),
    (Turn((Message("user", "Reply with the word OK."),), Expectation("no_call")),),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """One way into a gateway: a wire format and a model's name. ``number`` tells doors apart.

    ``at_once`` is how many questions may be under way: 1 where the upstream can't tell them apart.
    """

    number: int
    source: HttpSource
    session: HttpSession
    script: Script
    at_once: int = AT_ONCE
    purse: Purse | None = None

    @property
    def name(self) -> str:
        """The target's name."""
        return self.source.target.name

    @property
    def modes(self) -> tuple[bool, ...]:
        """The stream flags in which it is asked."""
        return modes(self.source.target)

    async def ask(self, case: Case, *, stream: bool) -> list[Event] | None:
        """Put a case through the gateway, turn by turn; what both sides saw, and the verdict.

        The events hold the case as it was given; what was sent bears a tag besides. None where that
        is more than may be spent.
        """
        if self.purse is None:
            return await self._ask(case, stream=stream)
        if not await self.purse.reserve(self.source.target, case):
            return None
        events: list[Event] = []
        try:
            events = await self._ask(case, stream=stream)
        finally:
            self.purse.settle(self.source.target, case, events)
        return events

    async def _ask(self, case: Case, *, stream: bool) -> list[Event]:
        name = f"{case.id[:8]}-{self.number}{'s' if stream else 'p'}"
        asked_case = tagged(case, name)
        talk = play(asked_case)
        told: list[Event] = [CaseDrawn(case)]
        exchanges: list[Exchange] = []
        judgements: list[Judgement] = []
        differences: list[Difference] = []
        unable = False
        try:
            while talk.turn is not None:
                request = self.source.request(talk, stream=stream)
                self.script.expect(name, asked_case, talk.number, alone=self.at_once == 1)
                attempt = await self.session.ask_once(request)
                exchange = Exchange(
                    case.id, talk.number, self.name, 0, stream, request.body, (attempt,)
                )
                exchanges.append(exchange)
                told.append(ExchangeRecorded(exchange))
                reply = self.source.format.read(attempt, stream=stream)
                judgement = judge(asked_case, [*talk.replies, reply])
                judgements.append(judgement)
                upstream = self.script.asked[name]
                for asked in upstream:
                    other = replace(exchange, request=asked.body, attempts=(asked.attempt,),
                                    stream=asked.ask.stream)  # fmt: skip
                    told.append(UpstreamAnswered(asked.format, other))
                unable = unable or any(is_unable(asked.attempt) for asked in upstream)
                model = self.source.target.model
                found = compared(talk, judgement, upstream, model, stream=stream)
                if upstream:
                    found += parameters_added(request.body, upstream[-1].body)
                differences += [replace(one, turn=talk.number) for one in found]
                talk.answer(judgement)
        except CannotAskError as limit:
            return [CaseSkipped(case.id, "", str(limit), self.name)]
        finally:
            self.script.forget(name)
        status, findings, reason = verdict_of(judgements, differences)
        if unable:
            why = "the trial's own upstream can't do what was asked"
            status, findings, reason = "unjudged", (), why
        verdict = Verdict(
            case.id, self.name, 0, stream, status, findings, reason, case.cluster,
            metrics_of(exchanges, judgements),
        )  # fmt: skip
        told.append(VerdictReached(verdict))
        # A gateway may answer with the headers that it was sent, or with what it knows.
        hides = self.source.own_headers or self.source.secrets
        return [self._masked(event, stream=stream) for event in told] if hides else told

    def _masked(self, event: Event, *, stream: bool) -> Event:
        format, redaction = self.source.format, self.session.redaction
        if not isinstance(event, ExchangeRecorded):
            return redaction.event(event)
        read = partial(format.read, stream=stream)
        seal = format.framing.sealed if stream else None
        return redaction.event(event, [*map(read, event.exchange.attempts)], read, seal)


@asynccontextmanager
async def open_doors(
    sources: Sequence[HttpSource],
    script: Script,
    note: Callable[[str], None],
    purse: Purse | None = None,
) -> AsyncIterator[list[Door]]:
    """Open the doors that answer a plain question with what the upstream says to it.

    Raises EndpointError when there is none; ``note`` is told of each that is left out.
    """
    found: list[Door] = []
    async with AsyncExitStack() as stack:
        for number, source in enumerate(sources):
            try:
                await reach(source, purse)
                session = await stack.enter_async_context(source.open(Pacer(AT_ONCE)))
                found.append(await _tried(Door(number, source, session, script, purse=purse), note))
            except ToolfuzzError as error:
                note(f"{source.target.name}: no front door: {error.message}")
        if not found:
            raise EndpointError(
                "no front door of the gateway answers a plain question",
                "check --front, --model, --prefix and the gateway's configuration",
            )
        yield found


async def _tried(door: Door, note: Callable[[str], None]) -> Door:
    """Return the door as it has to be asked, by what comes upstream of a question with a tag."""
    strays = door.script.strays
    told = await door.ask(_HELLO, stream=False)
    if told is None:
        raise UsageError("a trial takes more than may be spent", "allow more")
    if any(isinstance(event, UpstreamAnswered) for event in told):
        return door
    if door.script.strays == strays:
        raise EndpointError(
            "it answers without asking the upstream", "is {upstream} in its configuration?"
        )
    note(f"{door.name}: prompts arrive without their tag, so one question is asked at a time")
    return replace(door, at_once=1)
