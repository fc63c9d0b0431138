"""An engine's parser asked once more about one failure: in which modes, where in the code, and by
a script that needs nothing but the engine.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

from toolfuzz.core.case import Case, Json, JsonObject
from toolfuzz.core.given import Given, given_of
from toolfuzz.core.reply import arguments_of
from toolfuzz.core.talk import at_last_turn
from toolfuzz.engines.cuts import cut, told
from toolfuzz.engines.history import KnownOnEngine, history
from toolfuzz.engines.invariance import CUT_HEADER, fewest
from toolfuzz.engines.native import NotExpressible
from toolfuzz.engines.releases import released_between, releases
from toolfuzz.engines.spec import parse_spec
from toolfuzz.engines.trial import EngineTrial
from toolfuzz.evidence.details import FailureDetails
from toolfuzz.evidence.engine.scripting import as_asked, head, needs, shown_by
from toolfuzz.evidence.engine.title import parser_title, schema_words
from toolfuzz.evidence.turns import judged
from toolfuzz.formats import USUAL, wire_format
from toolfuzz.judge.errors import messages
from toolfuzz.judge.judge import Judgement, judge

__all__ = ["ParserEvidence", "look", "through_releases"]

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
    ``unshown`` then says why. ``pieces`` are the text, or the fewest increments that show it,
    and ``question`` is the one that has them.
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
    question: JsonObject
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
    case, stream = details.case, details.exchange.stream
    # A world's calls follow from its replies, so it has no last turn that could be asked alone.
    scripted = case.world is None
    question = await _least(details, trial) if scripted else details.exchange.request
    pieces = question["deltas"] if stream else question["text"]
    asked = as_asked(case, details.exchange.turn, question, pieces)
    again, right, came = [], None, _came(judged(details)[-1])
    if scripted:
        again = [await _answered(trial, case, question) for _ in range(_TIMES)]
        came = _came(again[-1])
        other = await _answered(trial, case, _otherwise(question, trial))
        right = None if other.status == "unjudged" else other.status == "pass"
    plain, streamed = (right is not True, True) if stream else (True, right is not True)
    title = parser_title(
        trial.parser,
        case,
        details.finding,
        (plain, streamed),
        expected=asked.expected,
        came=came,
    )
    release = f"{trial.spec.engine.title} {trial.version}"
    place = (await trial.places()).get("stream" if stream else "whole") or {}
    given = given_of(question) or Given()
    text, unshown, got = "", "the case is a world, whose calls follow from its replies", came
    if given.reasoning or given.cut:
        unshown = "a server's reasoning parser, or its token limit, has a part in it"
    elif scripted:
        about = [f"{title}.", *head(release, place), *needs(trial)]
        text, unshown, got = await shown_by(details, trial, asked, about, came)
    return ParserEvidence(
        title=title,
        where=schema_words(case, details.finding),
        modes=(plain, streamed),
        engine=trial.spec.engine.name,
        release=release,
        version=trial.version,
        parser=trial.parser,
        place=place,
        failed=sum(j.status == "fail" for j in again),
        asked=len(again),
        other=right,
        script=text,
        unshown=unshown,
        question=question,
        pieces=asked.pieces,
        expected=asked.expected,
        got=got,
        told=(
            *(f"The text {words}." for words in (*given.told, *_cut(details, trial))),
            *([_OF_A_CUT_CALL] if given.cut else ()),
        ),
    )


_OF_A_CUT_CALL = (
    "That call is expected to be left out, or its arguments to end where the text does, and the "
    "finish reason to be length."
)


def _cut(details: FailureDetails, trial: EngineTrial) -> tuple[str, ...]:
    """Say how the run cut a stream's text, whose increments are fewer here."""
    if not details.exchange.stream or len(trial.cuts) > 1:
        return ()
    return (f"was cut {told(trial.cuts[0])} in the run",)


async def _least(details: FailureDetails, trial: EngineTrial) -> JsonObject:
    """Return the question that failed with as little as still shows it.

    Nothing stands around the calls, and the increments are few, where neither matters: of fewer
    increments the very same must come.
    """
    case, symptom = details.case, details.failure.symptom

    async def shows(question: JsonObject) -> bool:
        found = (await _answered(trial, case, question)).findings
        return any((f.slug, f.shape) == (symptom.slug, symptom.shape) for f in found)

    cut_so = details.exchange.last.headers.get(CUT_HEADER)
    question = {k: v for k, v in details.exchange.request.items() if k != "cuts"}
    if question["stream"]:
        question.pop("text", None)
        question["deltas"] = json.loads(cut_so) if cut_so else question["deltas"]
    bare = _bare(details, trial)
    if bare is not None and await shows(bare):
        question = bare
    if question["stream"]:
        whole = _came(await _answered(trial, case, question))

        async def still(fewer: Sequence[str]) -> bool:
            said = await _answered(trial, case, {**question, "deltas": list(fewer)})
            return bool(_came(said) == whole)

        question = {**question, "deltas": await fewest(question["deltas"], still)}
    return question


def _bare(details: FailureDetails, trial: EngineTrial) -> JsonObject | None:
    """Return the question with the calls alone; None where nothing stands around them."""
    if given_of(details.exchange.request) == Given():
        return None
    trial.bare = True
    try:
        question = trial.question(at_last_turn(details.case), stream=details.exchange.stream)
    except NotExpressible:
        return None
    finally:
        trial.bare = False
    question.pop("cuts", None)
    if question["stream"]:
        question.pop("text", None)
    return question


def _otherwise(question: JsonObject, trial: EngineTrial) -> JsonObject:
    """Return the question in the other stream mode."""
    stream = question["stream"]
    text = "".join(question["deltas"]) if stream else question["text"]
    fields = {k: v for k, v in question.items() if k not in ("text", "deltas")}
    return _cut_anew({**fields, "stream": not stream}, text, trial)


def _cut_anew(fields: JsonObject, text: str, trial: EngineTrial) -> JsonObject:
    if not fields["stream"]:
        return {**fields, "text": text}
    pieces = cut(text, trial.cuts[0], fields["markers"], random.Random(text))
    return {**{k: v for k, v in fields.items() if k != "text"}, "deltas": pieces}


async def _answered(trial: EngineTrial, case: Case, question: JsonObject) -> Judgement:
    attempt = await trial.ask(question)
    reply = wire_format(USUAL).read(attempt, stream=question["stream"])
    earlier = [None] * (len(case.turns) - 1)
    return judge(case, [*earlier, reply], given=given_of(question))


def _came(judgement: Judgement) -> Json:
    """Return what came; the text of an error where that came."""
    reply = judgement.reply
    if reply.error is not None and not judgement.sent:
        return "; ".join(messages(reply.error))
    calls = [
        [c.name, arguments_of(c, broken=f"no JSON: {c.arguments_raw}")] for c in judgement.sent
    ]
    return {"content": reply.text.strip(), "calls": calls}
