"""Trophies: mistakes of real gateways and engines, each with its smallest case, looked at by hand.

``keep`` puts a gateway on trial and adds a report and a case for each cause that isn't there yet;
what is no mistake, or another's twin, is for somebody to delete. ``again`` starts each gateway anew
and asks it the kept cases alone: all must show what their reports say.

    python benchmarks/trophies.py --dir DIR --only litellm keep [--cases 60] [--run RUN]
    python benchmarks/trophies.py --dir DIR again

Of engines (engine_trophies.py) ``hunt`` tries each parser of a release and keeps what is new,
``since`` asks the fetched releases which have it, ``again`` runs the kept scripts in a clean
environment, ``table`` writes the README's table anew:

    python benchmarks/trophies.py --dir DIR hunt sglang@0.5.23 [glm45 …] [--cases 60] [--seed 0]
    python benchmarks/trophies.py --dir DIR --engines again [sglang-0.5.23]
    python benchmarks/trophies.py since [sglang-0.5.23]
    python benchmarks/trophies.py table
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import engine_trophies
from gateway_subjects import Subject, subjects

from toolfuzz.core.codec import case_from_json
from toolfuzz.core.errors import ToolfuzzError
from toolfuzz.evidence.relay.trial import try_gateway

KEPT = Path(__file__).resolve().parents[1] / "reports/trophies/gateways"
MOST_BYTES = 40_000


def keep(name: str, subject: Subject, cases: int, run: Path | None) -> None:
    """Add the reports of a trial's causes; of a ``run`` that was made before, where one is named.

    A cause whose smallest case is still too large for a page is told and left out.
    """
    subject.install(Path())
    out = run or Path("runs") / f"{name}-{time.strftime('%H%M%S')}"
    if run is None:
        asyncio.run(try_gateway(subject.trial(cases, out)))
    folder = KEPT / subject.folder
    folder.mkdir(parents=True, exist_ok=True)
    for report in sorted((out / "reports").glob("*.md")):
        kept = folder / report.name
        if report.stat().st_size > MOST_BYTES:
            print(f"{report}: {report.stat().st_size:,} bytes are too many for a trophy")
        elif not kept.exists():
            for path in (report, report.with_suffix(".json")):
                shutil.copyfile(path, folder / path.name)
            print(f"new: {kept}")


def again(name: str, subject: Subject) -> list[str]:
    """Ask a gateway, started anew, the kept cases; return those that don't show what they did."""
    files = sorted((KEPT / subject.folder).glob("*.json"))
    loaded = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    cases = [case_from_json(one) for one in loaded]
    subject.install(Path())
    out = Path("runs") / f"again-{name}-{time.strftime('%H%M%S')}"
    trial = replace(subject.trial(len(cases), out), given=cases)
    tried = asyncio.run(try_gateway(trial, most_askings=0))
    shown = {
        (verdict.case_id, verdict.stream, cause.slug, cause.kind)
        for cause in tried.causes
        for verdict, _ in cause.shown
    }
    missing = []
    for path, one, case in zip(files, loaded, cases, strict=True):
        defect = one["defect"]
        seen = (case.id, defect["stream"], defect["slug"], defect["shape"]) in shown
        print(f"{'seen again' if seen else 'NOT SEEN':12} {subject.folder}/{path.stem}")
        missing += [] if seen else [f"{subject.folder}/{path.stem}"]
    return missing


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("keep", "again", "hunt", "since", "table"))
    parser.add_argument("names", nargs="*", help="a release and its parsers; a folder's beginning")
    parser.add_argument("--engines", action="store_true", help="again: engines, not gateways")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine-python", help="a Python that has the engine installed")
    parser.add_argument("--cuts", default="", help="hunt: as for `toolfuzz run`")
    parser.add_argument("--dir", type=Path, default=Path("gateways"))
    parser.add_argument("--only", action="append", choices=subjects(), default=[])
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--run", type=Path, help="a trial's folder, with its reports")
    options = parser.parse_args()
    run = options.run.resolve() if options.run else None
    if options.what == "table":
        engine_trophies.write_table()
        return
    if options.what == "since":
        engine_trophies.since("".join(options.names))
        return
    options.dir.mkdir(parents=True, exist_ok=True)
    os.chdir(options.dir)
    if options.what == "hunt":
        release, *parsers = options.names
        engine_trophies.hunt(
            release,
            parsers,
            cases=options.cases,
            seed=options.seed,
            cuts=options.cuts,
            python=options.engine_python,
        )
        return
    if options.engines:
        only = "".join(options.names)
        sys.exit(1 if engine_trophies.again(only, options.engine_python) else 0)
    sys.exit(1 if _all(options.what, options.only, options.cases, run) else 0)


def _all(what: str, only: Sequence[str], cases: int, run: Path | None) -> list[str]:
    missing: list[str] = []
    for name, subject in subjects().items():
        if only and name not in only:
            continue
        try:
            if what == "keep":
                keep(name, subject, cases, run)
            elif (KEPT / subject.folder).is_dir():
                missing += again(name, subject)
        except ToolfuzzError as error:
            print(f"{subject.title}: {error.message}")
            missing.append(name)
    return missing


if __name__ == "__main__":
    main()
