"""A failure out of a bug report, a minimization or a run, as something to put to releases."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pydantic import StrictBool, StrictInt, StrictStr

from toolfuzz.core.case import JsonObject
from toolfuzz.core.codec import case_from_json
from toolfuzz.core.errors import UsageError
from toolfuzz.engines.cuts import cuts_named
from toolfuzz.engines.history import KnownOnEngine
from toolfuzz.engines.spec import parse_spec
from toolfuzz.evidence.corpus import case_with_defect
from toolfuzz.evidence.details import open_details
from toolfuzz.evidence.failures import endpoint_failures
from toolfuzz.runs.derived import AnyObject, read_json, validated
from toolfuzz.runs.reading import load_run

__all__ = ["known_on_engine"]


@dataclass(frozen=True, slots=True)
class _Question:
    """The fields of a question to an engine with which it is put again (``EngineTrial.question``).

    What else a file says goes nowhere.
    """

    parser: StrictStr
    stream: StrictBool
    tools: list[dict[str, Any]]
    markers: list[StrictStr]
    history_calls: StrictInt
    text: StrictStr = ""
    deltas: list[StrictStr] = field(default_factory=list)
    cuts: list[StrictStr] = field(default_factory=list)
    content: StrictStr = ""
    after: StrictStr = ""
    reasoning: StrictStr = ""
    reasoner: StrictStr = ""
    prompted: StrictStr = ""
    cut: StrictStr = ""


@dataclass(frozen=True, slots=True)
class _Study:
    """The fields of ``minimized.json`` that say what fails where."""

    target: StrictStr
    stream: StrictBool
    slug: StrictStr
    case: dict[str, Any]


def known_on_engine(what: Path, named: str | None = None, case: str = "") -> KnownOnEngine:
    """Read a failure: a bug report (.md or .json), a case, a ``minimized.json`` or a run.

    Of a run it is the commonest failure of an engine, or that of the case whose id begins with
    ``case``. ``named`` is ``ENGINE`` or ``ENGINE:PARSER``, needed where the file doesn't say on
    which parser it failed. Text and increments are those that failed, where they are kept and the
    parser is the same. Raises UsageError.
    """
    if what.suffix == ".md":
        what = what.with_suffix(".json")
    known = _of_file(what) if what.suffix == ".json" else _of_run(what, case)
    return _put_to(known, named, what)


def _of_file(path: Path) -> KnownOnEngine:
    data = read_json(path, AnyObject, "a failure")
    if "original" in data:
        validated(data, _Study)
        case = case_from_json(data["case"])
        return KnownOnEngine(case, data["slug"], data["target"], data["stream"])
    kept = case_with_defect(path)
    if kept.slug is None:
        raise UsageError(
            f"{path} doesn't say which defect it shows",
            "give what `toolfuzz bug` or `toolfuzz minimize` wrote",
        )
    told: JsonObject = data.get("defect") or {}
    question = told.get("question")
    if question is not None:
        question = _checked(path, question)
    seen_on = told.get("seen_on")
    spec = seen_on if isinstance(seen_on, str) else ""
    return KnownOnEngine(kept.case, kept.slug, spec, bool(kept.stream), question)


def _checked(path: Path, question: Any) -> JsonObject:
    try:
        given = validated(question, _Question)
        needed = {"deltas"} if given["stream"] else {"text"}
        if "cuts" in given:
            needed |= {"deltas", "text"}
            cuts_named(given["cuts"])
        if lacking := needed - given.keys():
            raise UsageError(f"it has no {' and no '.join(sorted(lacking))}")
    except UsageError as error:
        raise UsageError(f"{path}: the question is none for an engine: {error.message}") from None
    needless = set() if given["stream"] else {"deltas", "cuts"}
    known = {one.name for one in fields(_Question)} - needless
    return {name: given[name] for name in given.keys() & known}


def _of_run(run: Path, case: str) -> KnownOnEngine:
    data = load_run(run, keep_exchanges=True)
    found = endpoint_failures(data, (case,) if case else ())
    on_engines = [f for f in found if not data.nature(f.target).over_http]
    if not on_engines:
        raise UsageError(
            "the run has no failure of an engine", "a run with -m engine/ENGINE@VERSION:PARSER has"
        )
    details = open_details(run, data, on_engines[0])
    exchange, slug = details.exchange, details.finding.slug
    question = _checked(run, exchange.request)
    return KnownOnEngine(details.case, slug, details.target.model, exchange.stream, question)


def _put_to(known: KnownOnEngine, named: str | None, what: Path) -> KnownOnEngine:
    """Return the failure as one of the engine and parser that are named."""
    on_engine = known.spec.startswith("engine/")
    seen = parse_spec(known.spec) if on_engine else None
    engine, _, parser = (named or "").partition(":")
    if seen is not None and engine in ("", seen.engine.name) and parser in ("", seen.parser):
        return known
    if not engine or not parser:
        where = f"it was seen on {known.spec}" if known.spec else "it doesn't say where it was seen"
        raise UsageError(
            f"{what} is about no parser of {engine or 'an engine'}: {where}",
            "name engine and parser: sglang:glm45",
        )
    spec = f"engine/{engine}:{parser}"
    parse_spec(spec)
    return KnownOnEngine(known.case, known.slug, spec, known.stream)
