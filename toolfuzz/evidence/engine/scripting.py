"""The script of a report about an engine: found by running it, with a control where one passes."""

from collections.abc import Sequence

from toolfuzz.core.case import Case, Json, JsonObject
from toolfuzz.core.given import given_of
from toolfuzz.core.talk import at_last_turn
from toolfuzz.engines.script import Asked, Ran, script
from toolfuzz.engines.store import for_anywhere
from toolfuzz.engines.trial import EngineTrial
from toolfuzz.evidence.details import FailureDetails
from toolfuzz.judge.defects.parser_hangs import DEFECT as HANGS

__all__ = ["as_asked", "head", "needs", "shown_by"]


def as_asked(case: Case, turn: int, request: JsonObject, pieces: str | Sequence[str]) -> Asked:
    """Return what was put to a parser, and what is right."""
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
    return as_asked(control, len(control.turns) - 1, question, pieces)


async def shown_by(
    details: FailureDetails, trial: EngineTrial, asked: Asked, about: Sequence[str], came: Json
) -> tuple[str, str, Json]:
    """Return a script that shows the failure, why there is none, and what came.

    With a control where the script's parser is right on it, and with what the server does behind
    the parser only where it takes that; run before it is believed.
    """
    unshown = "no script drives this engine"
    control = await _control(details, trial, asked)
    engine, tried = trial.spec.engine, set()
    for served in (False, True):
        for beside in (control, None) if control else (None,):
            text = script(
                engine,
                trial.parser,
                asked,
                control=beside,
                about=about,
                markers=trial.spec.family.markers,
                served=served,
                limit=trial.cpu_seconds if details.finding.slug == HANGS.slug else None,
            )
            if text is None or text in tried:
                continue
            tried.add(text)
            ran = await trial.run(text)
            if _shows(ran, asked, came):
                return text, "", ran.got
            unshown = _unshown(ran)
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


def _unshown(ran: Ran) -> str:
    if ran.got is None:
        return f"the script broke off: {ran.said}"
    if not ran.fails:
        return "the parser alone is right; the serving code around it makes the difference"
    return "the parser alone gives something else; the serving code around it has a part in it"


def head(release: str, place: JsonObject) -> list[str]:
    """Return lines that say which code a script is about."""
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
