"""Trophies of engines: what their parsers do wrong as they are shipped, each with a script.

``hunt`` tries all parsers of a release (or those that are named), makes each failure minimal, and
keeps a report, a record and a script of each cause that no trophy tells of yet. A failure whose
script doesn't show it is told and left out. ``again`` runs the kept scripts in an environment and
on releases that are fetched anew. ``table`` writes the table in the README from the records.
"""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import toolfuzz
from toolfuzz.commands.minimize import study_run
from toolfuzz.core.errors import ToolfuzzError
from toolfuzz.core.markdown import code, sentence, table
from toolfuzz.core.text import file_name
from toolfuzz.engines import environment, store
from toolfuzz.engines.history import History, history
from toolfuzz.engines.releases import at_hand
from toolfuzz.engines.script import run_script
from toolfuzz.evidence.details import open_details
from toolfuzz.evidence.engine.looking import ParserEvidence, look
from toolfuzz.evidence.engine.report import write_parser_report
from toolfuzz.evidence.examiner import Budget
from toolfuzz.evidence.failures import Failure, endpoint_failures
from toolfuzz.evidence.kept import RESULT_NAME, study_folder
from toolfuzz.evidence.on_engine import known_on_engine
from toolfuzz.judge.harm import HARMS
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.stored import access_of_run

TROPHIES = Path(__file__).resolve().parents[1] / "reports/trophies"
KEPT = TROPHIES / "engines"
BEGIN, END = "<!-- engines: begin -->", "<!-- engines: end -->"
MOST_BYTES = 40_000
# What a value of whatever type becomes where its type isn't found in the schema.
_AS_TEXT = {
    "array-as-json-string",
    "boolean-as-string",
    "enum-type-mismatch",
    "nested-stringified",
    "null-as-string",
    "number-as-string",
    "object-as-json-string",
}
_LOST = {"call-in-content", "calls-missing", "finish-calls-empty", "no-call"}

Record = dict[str, Any]


def hunt(
    release: str, parsers: Sequence[str], *, cases: int, seed: int, cuts: str, python: str | None
) -> None:
    """Add the trophies of a release, ``sglang@0.5.23``: of all its parsers, if none is named.

    ``python`` has an engine installed that can't be fetched (``vllm``); its parsers are named.
    """
    name, _, version = release.partition("@")
    if python is None:
        store.fetch(name, version)
        [cached] = [c for c in store.cached() if (c.engine, c.version) == (name, version)]
        parsers = parsers or store.parsers_of(cached)
    for parser in parsers:
        try:
            _hunt_one(f"engine/{release}:{parser}", cases, seed, cuts, python)
        except ToolfuzzError as error:
            print(f"{release}:{parser}: {error.message}", flush=True)


def _hunt_one(spec: str, cases: int, seed: int, cuts: str, python: str | None) -> None:
    out = Path("runs") / file_name(f"{spec}-{cases}-{seed}{cuts}")
    if not (out / "summary.json").is_file():
        more: Record = {"cuts": [cuts]} if cuts else {}
        toolfuzz.run(
            [spec], cases=cases, seed=seed, stream="both", out=out, engine_python=python, **more
        )
    data = load_run(out, keep_exchanges=True)
    found = endpoint_failures(data)
    print(f"{spec}: {len(found)} failures", flush=True)
    left = [one for one in found if not (study_folder(out, one) / RESULT_NAME).exists()]
    # All of them at once: an installed engine takes its time to load.
    access = replace(access_of_run(data), engine_python=python)
    if left:
        asyncio.run(study_run(out, data, access, Budget(), found=left, quiet=True))
    for failure in found:
        _keep(out, data, failure, python)


def _keep(out: Path, data: Any, failure: Failure, python: str | None) -> None:
    details = open_details(out, data, failure)
    evidence = asyncio.run(look(details, engine_python=python))
    if not evidence.script or evidence.failed < evidence.asked:
        why = evidence.unshown or "it doesn't always come"
        print(f"  left out: {failure.symptom.slug}: {evidence.title} ({why})", flush=True)
        return
    if same := known(cause(evidence.engine, failure.symptom.slug, evidence)):
        print(f"  like {same}: {evidence.title}", flush=True)
        return
    folder = KEPT / f"{evidence.engine}-{evidence.version}"
    words = file_name(f"{evidence.parser}-{failure.symptom.slug}-{evidence.where}".strip("- "))
    stem, number = folder / words[:90].lower(), 1
    while stem.with_suffix(".json").exists():
        number += 1
        stem = folder / f"{words[:90].lower()}-{number}"
    path = write_parser_report(details, evidence, stem)
    if path.stat().st_size > MOST_BYTES:
        print(f"  too large for a page: {evidence.title}", flush=True)
        for one in folder.glob(f"{stem.name}.*"):
            one.unlink()
        return
    for one in folder.glob(f"{stem.name}.*"):
        one.chmod(0o644)
    print(f"  new: {path.relative_to(KEPT)}: {evidence.title}", flush=True)


def cause(name: str, slug: str, trial: ParserEvidence | Record) -> tuple[Any, ...]:
    """Return what two trophies of one cause have in common: the code, the schema, the damage."""
    told = trial if isinstance(trial, dict) else asdict(trial)
    place, modes = told["place"], tuple(told["modes"])
    code_of = place.get("name", told["parser"])
    if all(modes):
        # What is wrong in both ways is one mistake, whichever function was seen to make it.
        code_of = code_of.rpartition(".")[0] or code_of
    kind = "as text" if slug in _AS_TEXT else "lost" if slug in _LOST else slug
    if slug == "content-changed":
        kind = told["title"].partition(": ")[2].partition('"')[0]
    elif slug == "string-as-scalar" and "arrives as null" in told["title"]:
        # Parsers look for this word first, and for types afterwards.
        kind = "null"
    return (name, place.get("file", ""), code_of, kind, told["where"], *modes)


def records() -> Iterator[tuple[Path, Record]]:
    """Yield the records of all engines' trophies, and where they lie."""
    for path in sorted(KEPT.glob("*/*.json")):
        yield path, json.loads(path.read_text(encoding="utf-8"))


def known(wanted: tuple[Any, ...]) -> str | None:
    """Return the trophy of a cause, None where there is none."""
    for path, record in records():
        trial = record["trial"]
        if cause(trial["engine"], record["defect"]["slug"], trial) == wanted:
            return path.relative_to(KEPT).with_suffix("").as_posix()
    return None


def since(only: str) -> None:
    """Write into the records since when the fetched releases have it, and which are mended.

    ``only`` is the beginning of the folders' names. The table is to be written anew then.
    """
    for path, record in records():
        name = record["trial"]["engine"]
        versions = at_hand(name)
        if not path.parent.name.startswith(only) or len(versions) < 2:
            continue
        found = asyncio.run(history(known_on_engine(path), versions, dense=False))
        record["trial"]["since"] = _since(found)
        path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        print(f"{_since(found):40} {path.stem}", flush=True)


def _since(found: History) -> str:
    """Return a few words; of releases between two that were tried nothing is said."""
    known = [one for one in found.tried if one.state != "not tried"]
    first = next((n for n, one in enumerate(known) if one.state == "wrong"), None)
    if first is None:
        return ""
    begun = f"{known[first].version} or before"
    if first:
        before = known[first - 1]
        is_ = {"no parser": "has no such parser", "right": "is right"}.get(before.state, "differs")
        begun = f"{known[first].version} ({before.version} {is_})"
    ended = next((one for one in known[first:] if one.state == "right"), None)
    return f"{begun}; right in {ended.version}" if ended else begun


def again(only: str, python: str | None) -> list[str]:
    """Run the scripts on releases and environments that are fetched anew; return what isn't seen.

    Those seen get today's date. ``only`` is the beginning of the folders' names, ``python`` one
    that has the engine installed.
    """
    os.environ["TOOLFUZZ_CACHE"] = str(Path("clean").resolve())
    missing = []
    for path, record in records():
        if not path.parent.name.startswith(only):
            continue
        trial = record["trial"]
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        root = None if python else store.fetch(trial["engine"], trial["version"])
        run_by = Path(python) if python else environment.parser_python(trial["engine"])
        ran = asyncio.run(run_script(text, run_by, root))
        seen = ran.fails and ran.got == trial["got"]
        shown = path.relative_to(KEPT).with_suffix("").as_posix()
        print(f"{'seen again' if seen else 'NOT SEEN':12} {shown}", flush=True)
        if seen:
            trial["again"] = time.strftime("%Y-%m-%d")
            path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        else:
            missing.append(shown)
    return missing


def table_text() -> str:
    """Return the table of all trophies in Markdown, the most harmful of an engine first."""
    ranks = list(HARMS)
    found = sorted(
        records(),
        key=lambda one: (
            one[1]["trial"]["engine"],
            ranks.index(one[1]["trial"]["harm"]),
            one[1]["trial"]["parser"],
            one[0].as_posix(),
        ),
    )
    header = ("engine", "defect", "what comes of it", "since", "code", "found by", "seen again")
    return "\n".join(table(header, [_row(path, record) for path, record in found])) + "\n"


def _row(path: Path, record: Record) -> list[str]:
    trial, link = record["trial"], path.relative_to(TROPHIES).with_suffix("").as_posix()
    return [
        trial["release"],
        f"[{_cell(trial['title'])}]({link}.md) ([script]({link}.py))",
        HARMS[trial["harm"]],
        _cell(trial["since"] or f"seen in {trial['version']}"),
        code(trial["place"]["name"], in_table=True) if trial["place"] else "",
        code(trial["found"].removeprefix("toolfuzz run "), in_table=True),
        trial.get("again", ""),
    ]


def _cell(text: str) -> str:
    return sentence(text).replace("\n", " ")


def write_table() -> None:
    """Put the table into the README."""
    readme = TROPHIES / "README.md"
    text = readme.read_text(encoding="utf-8")
    between = re.compile(f"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})", re.DOTALL)
    readme.write_text(between.sub(lambda _: table_text(), text), encoding="utf-8")
