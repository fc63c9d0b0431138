"""What very many verdicts take: seconds, CPU seconds and memory of summary, reports and compare.

A run against the simulator gives the lines; they are written again and again under new ids until
the journal has as many verdicts as are wanted, some of them wrong. Each command reads it in a
process of its own, with an empty cache; then again, when the cache holds a large journal's columns:

    python benchmarks/big.py            # 10,000 and 100,000 verdicts
    python benchmarks/big.py --million  # and 1,000,000: 20 GB of disk

``first`` is a summary by which the journal is read for the first time; the others find the columns
of a large one in the cache. ``once``: each case is asked once. ``four``: two targets are asked it,
plain and streamed.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.run import run

SHAPES = {
    "once": RunOptions(models=("sim/fault:object-as-json-string@0.2",), cases=200),
    "four": RunOptions(
        models=("sim/clean", "sim/fault:object-as-json-string@0.2"), cases=100, stream="both"
    ),
}
SUMMARY = (
    "-c",
    "import sys, pathlib; from toolfuzz.runs.reading import load_run; "
    "from toolfuzz.analyze.summary import summarize; "
    "summarize(load_run(pathlib.Path(sys.argv[1])))",
)
REPORT = ("-m", "toolfuzz", "report")
COMMANDS = {
    "first": SUMMARY,
    "summary": SUMMARY,
    "report": REPORT,
    "compare": ("-m", "toolfuzz", "compare"),
    "html": (*REPORT, "--report", "html"),
    "junit": (*REPORT, "--report", "junit"),
    "csv": (*REPORT, "--report", "csv"),
    "parquet": (*REPORT, "--report", "parquet"),
}


def drawn_anew(lines: list[bytes]) -> Iterator[bytes]:
    """Give the lines of cases and their questions again and again under new ids, without end."""
    groups: dict[str, list[bytes]] = {}
    schemas: dict[str, str] = {}
    for line in lines:
        event = json.loads(line)
        id_ = event.get("id") or event.get("case_id")
        if id_:
            groups.setdefault(id_, []).append(line)
        if "schema_id" in event:
            schemas[id_] = event["schema_id"]
    number = 0
    while True:
        for id_, group in groups.items():
            number += 1
            ids = (id_.encode(), f"{number:016x}".encode())
            schema = (schemas[id_].encode(), f"{number:015x}s".encode())
            yield b"".join(group).replace(*ids).replace(*schema)


def written(folder: Path, options: RunOptions, verdicts: int) -> Path:
    """Write a journal of so many verdicts and return its folder."""
    small = folder / "small"
    asyncio.run(run(options.but(out=small)))
    first, *lines, last = (small / "run.jsonl").read_bytes().splitlines(keepends=True)
    big = folder / "big"
    big.mkdir()
    found = 0
    with (big / "run.jsonl").open("wb") as file:
        file.write(first)
        for group in drawn_anew(lines):
            file.write(group)
            found += group.count(b'{"event":"verdict-reached"')
            if found >= verdicts:
                break
        file.write(last)
    shutil.rmtree(small)
    return big


def measured(command: tuple[str, ...], folder: Path, cache: str) -> tuple[float, float, float]:
    """Return seconds, CPU seconds and MB at most of a command on a run."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *command, str(folder)],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "TOOLFUZZ_CACHE": cache},
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--only", nargs="+", choices=COMMANDS, default=list(COMMANDS))
    parser.add_argument("--folder", type=Path, help="where the journals are written, and deleted")
    args = parser.parse_args()
    print("shape  verdicts  journal MB  command   seconds  CPU s  peak MB  again: CPU s")
    for shape in args.shapes:
        for size in [*args.sizes, *([1_000_000] if args.million else [])]:
            with tempfile.TemporaryDirectory(dir=args.folder) as folder:
                big = written(Path(folder), SHAPES[shape], size)
                os.environ["TOOLFUZZ_CACHE"] = str(Path(folder) / "cache")
                journal = (big / "run.jsonl").stat().st_size / 1e6
                for name in args.only:
                    with tempfile.TemporaryDirectory() as cache:
                        seconds, cpu, peak = measured(COMMANDS[name], big, cache)
                        _, again, _ = measured(COMMANDS[name], big, cache)
                    print(
                        f"{shape:5} {size:9,} {journal:11,.0f}  {name:8} {seconds:8.1f} {cpu:6.1f}"
                        f" {peak:8.0f} {again:13.1f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
