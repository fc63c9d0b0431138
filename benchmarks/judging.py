"""What `toolfuzz judge RUN --workers N` takes off the process that prints the verdicts.

    python benchmarks/judging.py             a run of 2,000 cases is made and judged, two minutes
    python benchmarks/judging.py --run RUN   another one

Processor time a verdict, of the first process and of all workers together, in the second half of
the journal: what starting takes is left out (Linux). The output must be the same.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from toolfuzz.runs.journal import find_journal
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.run import run

_JUDGE = """
import resource, sys
from toolfuzz.cli import cli
cli(["judge", *sys.argv[1:]], standalone_mode=False)
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    used = resource.getrusage(who)
    print(used.ru_utime + used.ru_stime, file=sys.stderr)
# What getrusage says of memory, it says of whoever started this process, too.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) // 1024, file=sys.stderr)
"""


def judged(journal: Path, workers: int) -> tuple[list[str], float, float, int]:
    """Return the verdicts, seconds of the process and of its workers, and its megabytes."""
    command = [sys.executable, "-c", _JUDGE, str(journal), "--workers", str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    mine, theirs, memory = done.stderr.splitlines()[-3:]
    return done.stdout.splitlines(), float(mine), float(theirs), int(memory)


def row(journal: Path, half: Path, workers: int) -> list[str]:
    """Print what so many workers take, and return the verdicts."""
    verdicts, mine, theirs, memory = judged(journal, workers)
    few, mine_then, theirs_then, _ = judged(half, workers)
    more = (len(verdicts) - len(few)) / 1000
    first, others = (mine - mine_then) / more, (theirs - theirs_then) / more
    print(f"{workers:8} {first:14.2f} {others:12.2f} {memory:16}")
    return verdicts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path)
    parser.add_argument("--cases", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "run")
        if not given.run:
            options = RunOptions(models=("sim/glm-4.7",), cases=given.cases, stream="both")
            asyncio.run(run(options.but(out=made)))
        journal, half = find_journal(given.run or made), Path(folder, "half.jsonl")
        with journal.open("rb") as file:
            lines = file.readlines()
        half.write_bytes(b"".join(lines[: len(lines) // 2]))
        print("ms a verdict:  first process  all workers  MB of the first")
        one, *others = [row(journal, half, workers) for workers in (1, 2, 4)]
        assert all(other == one for other in others)
        print(f"the same {len(one)} verdicts")


if __name__ == "__main__":
    main()
