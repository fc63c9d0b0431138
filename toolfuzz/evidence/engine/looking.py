"""An engine's parser asked once more about one failure: in which modes, where in the code, and by
a script that needs nothing but the engine.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from toolfuzz.core.case import Case, Json, JsonObject
from toolfuzz.core.given import Given, given_of
from toolfuzz.core.reply import arguments_of
from toolfuzz.core.talk import at_last_turn
from toolfuzz.engines.cuts import told
from toolfuzz.engines.history import KnownOnEngine, history
from toolfuzz.engines.invariance import CUT_HEADER, fewest
from toolfuzz.engines.native import NotExpressible
from toolfuzz.engines.releases import released_between, releases
from toolfuzz.engines.script import Asked, Ran, script
from toolfuzz.engines.spec import parse_spec
from toolfuzz.engines.store import for_anywhere
from toolfuzz.engines.trial import EngineTrial
from toolfuzz.evidence.details import FailureDetails
from toolfuzz.evidence.engine.title import parser_title, schema_words
from toolfuzz.evidence.turns import judged
from toolfuzz.formats import USUAL, wire_format
from toolfuzz.judge.errors import messages
from toolfuzz.judge.judge import Judgement, judge

__all__ = ["ParserEvidence", "look", "needs", "through_releases"]

# Asked so often, what comes each time is called so.
_TIMES = 3


@dataclass(frozen=True, slots=True)
class ParserEvidence:
    """What a report says of a parser's failure beyond the run's records.

    ``where`` says what is special about the schema, ``modes`` whether it is wrong with a whole text
    and with a stream. ``release`` is the engine's title and version; ``place`` has ``file``,
    ``line`` and ``name`` of the parser's function (empty where nobody knows). It failed ``failed``
    of ``asked`` times when it was asked again; ``other`` says whether it is right in the other
    stream mode (None: that can't be told). ``script`` is empty where none shows the failure;
    ``unshown`` then says why. ``pieces`` are the text, or the fewest increments that show it.
    ``expected`` and ``got`` are ``{"content": …, "calls": [[name, arguments], …]}``; ``got`` is the
    text of an exception where the parser raised one. ``told`` are sentences about the text.
    """

    title: str
    where: str
    modes: tuple[bool, bool]
    engine: str
    release: str
    version: str
    parser: str
    place: JsonObject
    failed: int
    asked: int
    other: bool | None
    script: str
    unshown: str
    pieces: str | Sequence[str]
    expected: JsonObject
    got: Json
    told: tuple[str, ...] = ()


async def look(details: FailureDetails, *, engine_python: str | None = None) -> ParserEvidence:
    """Load the engine and ask it again; raises UsageError where it can't be loaded."""
    opened = EngineTrial(
        details.target.model,
        engine_python=engine_python,
        cuts=details.target.params.get("cuts", ()),
        seed=details.settings.get("seed") or 0,
    )
    async with opened as trial:
        return await _looked(details, trial)


async def through_releases(details: FailureDetails, since: str) -> str:
    """Say in a sentence which releases of the engine have it, from ``since`` on.

    They are fetched as they are needed. Raises UsageError.
    """
    spec, exchange = details.target.model, details.exchange
    slug = details.failure.symptom.slug
    known = KnownOnEngine(details.case, slug, spec, exchange.stream, exchange.request)
    versions = released_between(releases(parse_spec(spec).engine.name), since, None)
    return f"{(await history(known, versions)).words}."


async def _looked(details: FailureDetails, trial: EngineTrial) -> ParserEvidence:
    stream, last = details.exchange.stream, judged(details)[-1]
    # A world's calls follow from its replies, so it has no last turn that could be asked alone.
    scripted = details.case.world is None
    given = given_of(details.exchange.request) or Given()
    again, other = [], None
    if scripted:
        again = [await _judged(trial, details.case, stream=stream) for _ in range(_TIMES)]
        other = await _judged(trial, details.case, stream=not stream)
    right = None if other is None or other.status == "unjudged" else other.status == "pass"
    plain, streamed = (right is not True, True) if stream else (True, right is not True)
    places = await trial.places()
    came, asked = _came(last), await _asked(details, trial)
    title = parser_title(
        trial.parser,
        details.case,
        details.finding,
        (plain, streamed),
        content=asked.expected["content"],
        came=came,
    )
    release = f"{trial.spec.engine.title} {trial.version}"
    place = places.get("stream" if stream else "whole") or {}
    text, unshown, got = "", "the case is a world, whose calls follow from its replies", came
    if given.reasoning or given.cut:
        unshown = "a server's reasoning parser, or its token limit, has a part in it"
    elif scripted:
        about = [f"{title}.", *_head(release, place), *needs(trial)]
        text, unshown, got = await _script(details, trial, asked, about, got)
    return ParserEvidence(
        title=title,
        where=schema_words(details.case, details.finding),
        modes=(plain, streamed),
        engine=trial.spec.engine.name,
        release=release,
        version=trial.version,
        parser=trial.parser,
        place=place,
        failed=sum(j is not None and j.status == "fail" for j in again),
        asked=len(again),
        other=right,
        script=text,
        unshown=unshown,
        pieces=asked.pieces,
        expected=asked.expected,
        got=got,
        told=tuple(f"The text {words}." for words in (*given.told, *_cut(details, trial))),
    )


def _cut(details: FailureDetails, trial: EngineTrial) -> tuple[str, ...]:
    """Say how the run cut a stream's text, whose increments are fewer here."""
    if not details.exchange.stream or len(trial.cuts) > 1:
        return ()
    return (f"was cut {told(trial.cuts[0])} in the run",)


async def _judged(trial: EngineTrial, case: Case, *, stream: bool) -> Judgement | None:
    """Ask the last turn and judge it; None for what the format can't carry."""
    try:
        question = trial.question(at_last_turn(case), stream=stream)
    except NotExpressible:
        return None
    return await _answered(trial, case, question)


async def _answered(trial: EngineTrial, case: Case, question: JsonObject) -> Judgement:
    attempt = await trial.ask(question)
    reply = wire_format(USUAL).read(attempt, stream=question["stream"])
    earlier = [None] * (len(case.turns) - 1)
    return judge(case, [*earlier, reply], given=given_of(question))


async def _asked(details: FailureDetails, trial: EngineTrial) -> Asked:
    """Return what the parser was given, in the fewest increments that show the failure."""
    request, cut = details.exchange.request, details.exchange.last.headers.get(CUT_HEADER)
    turn, symptom = details.exchange.turn, details.failure.symptom
    if not details.exchange.stream:
        return _as_asked(details.case, turn, request, str(request["text"]))

    async def shows(pieces: Sequence[str]) -> bool:
        again = {key: value for key, value in request.items() if key not in ("cuts", "text")}
        said = await _answered(trial, details.case, {**again, "deltas": list(pieces)})
        return any((f.slug, f.shape) == (symptom.slug, symptom.shape) for f in said.findings)

    pieces = json.loads(cut) if cut else request["deltas"]
    # A world's turn can't be judged alone.
    if details.case.world is None and await shows(pieces):
        pieces = await fewest(pieces, shows)
    return _as_asked(details.case, turn, request, pieces)


def _as_asked(case: Case, turn: int, request: JsonObject, pieces: str | Sequence[str]) -> Asked:
    calls = [[call.tool, call.arguments] for call in case.at(turn).expect.calls]
    given = given_of(request)
    content = f"{given.content}{given.after}".strip() if given else ""
    return Asked(request["tools"], pieces, {"content": content, "calls": calls})


async def _control(details: FailureDetails, trial: EngineTrial, asked: Asked) -> Asked | None:
    """Return the nearest case that passes as it is put to the parser."""
    control = details.minimized.neighbour if details.minimized else None
    if control is None or control.world is not None:
        return None
    stream = details.exchange.stream
    question = trial.question(at_last_turn(control), stream=stream)
    pieces = question["deltas"] if stream else question["text"]
    if stream and len(asked.pieces) == 1:
        pieces = ["".join(pieces)]
    return _as_asked(control, len(control.turns) - 1, question, pieces)


def _came(judgement: Judgement) -> Json:
    """Return what came; the text of an error where that came."""
    reply = judgement.reply
    if reply.error is not None and not judgement.sent:
        return "; ".join(messages(reply.error))
    calls = [
        [c.name, arguments_of(c, broken=f"no JSON: {c.arguments_raw}")] for c in judgement.sent
    ]
    return {"content": reply.text.strip(), "calls": calls}


async def _script(
    details: FailureDetails, trial: EngineTrial, asked: Asked, about: Sequence[str], came: Json
) -> tuple[str, str, Json]:
    """Return a script that shows the failure, why there is none, and what came.

    With a control where the script's parser is right on it; run before it is believed.
    """
    unshown = "no script drives this engine"
    for control in dict.fromkeys((True, False)):
        beside = await _control(details, trial, asked) if control else None
        text = script(
            trial.spec.engine,
            trial.parser,
            asked,
            control=beside,
            about=about,
            markers=trial.spec.family.markers,
        )
        if text is None:
            break
        ran = await trial.run(text)
        if _shows(ran, asked, came):
            return text, "", ran.got
        unshown = _unshown(ran, came)
    return "", unshown, came


def _shows(ran: Ran, asked: Asked, came: Json) -> bool:
    """Whether a script shows what the trial showed: the same calls, or an exception for an error.

    Where the engine's server catches an exception, a call is lost.
    """
    if not ran.fails:
        return False
    if isinstance(ran.got, str):
        return isinstance(came, str) or len(came["calls"]) < len(asked.expected["calls"])
    return isinstance(came, dict) and ran.got == came


def _unshown(ran: Ran, came: Json) -> str:
    if ran.got is None:
        return f"the script broke off: {ran.said}"
    if not ran.fails:
        return "the parser alone is right; the serving code around it makes the difference"
    return "the parser alone gives something else; the serving code around it has a part in it"


def _head(release: str, place: JsonObject) -> list[str]:
    where = f", {place['name']} in {place['file']}" if place else ""
    return [f"{release}{where}", ""]


def needs(trial: EngineTrial) -> list[str]:
    """Return lines that say what a script of this engine needs."""
    engine, version = trial.spec.engine, trial.version
    lines = [f"Needs {engine.title} {version}, as it is installed"]
    if engine.wheel is None:
        return [f"{lines[0]}."]
    lines[0] += "; or its wheel alone, without a GPU:"
    wheel = "--no-deps"
    if engine.wheel.platform:
        wheel = " ".join([wheel, "--only-binary=:all:", *for_anywhere(engine.wheel)])
    lines.append(f"  pip download {wheel} {engine.name}=={version} && unzip *.whl -d release")
    if engine.wheel.requirements:
        needed = " ".join(f"'{one}'" for one in engine.wheel.requirements)
        lines.append(f"  pip install {needed}")
    return [*lines, "  PYTHONPATH=release python THIS_FILE"]
