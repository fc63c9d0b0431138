"""Broken files for everything that reads one: only the documented errors, in bounded time.

    python benchmarks/fuzz_readers.py --mutants 100000 --seed 0

Each mutant is a valid file with a few bytes or a few JSON values changed (``broken_files``). A
reader may accept it or raise ToolfuzzError, and nothing else. Prints each other exception once,
and of every kind the slowest mutant and the one that took most memory. A mutant's memory is what
the process grew by while it was read (VmHWM of proc(5), Linux; elsewhere it isn't measured).
"""

import argparse
import collections
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from broken_files import KINDS, mutant

from toolfuzz.core.errors import ToolfuzzError

SECONDS = 20
"""A mutant that takes longer is given up."""
MOST_SECONDS, MOST_MEGABYTES = 1.0, 200
_MEMORY = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Outcome:
    """``ok``, ``refused`` or what else was raised; processor seconds; megabytes."""

    said: str
    seconds: float
    megabytes: float = 0.0


def outcome(kind: str, data: bytes, folder: Path) -> Outcome:
    """Write a file into a folder that holds nothing else, and read it."""
    path = folder / KINDS[kind].name
    path.write_bytes(data)
    before = _memory()
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        KINDS[kind].read(path)
        said = "ok"
    except ToolfuzzError as error:
        said = "refused" if "\n" not in str(error) else f"more than one line: {error}"
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        said = f"{type(error).__name__} in {place}: {error}"[:200]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return Outcome(said, time.process_time() - began, _memory(peak=True) - before)


def _memory(*, peak: bool = False) -> float:
    """Return the megabytes in use, or the most since this was last asked for."""
    status, forget = _MEMORY
    if not forget.exists():
        return 0.0
    if not peak:
        forget.write_text("5")
    field = "VmHWM:" if peak else "VmRSS:"
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


class TooSlowError(Exception):
    """A mutant took longer than SECONDS."""


def _too_slow(*_: object) -> None:
    raise TooSlowError(f"more than {SECONDS} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=7000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=list(KINDS), action="append")
    options = parser.parse_args()
    signal.signal(signal.SIGPROF, _too_slow)
    kinds = options.kind or list(KINDS)
    bad = 0
    for kind in kinds:
        counts: collections.Counter[str] = collections.Counter()
        slowest = largest = (0.0, 0)
        for number in range(options.mutants // len(kinds)):
            with tempfile.TemporaryDirectory() as folder:
                data = mutant(kind, number, options.seed)
                seen = outcome(kind, data, Path(folder))
            if seen.said not in counts and seen.said not in ("ok", "refused"):
                print(f"{kind} mutant {number}: {seen.said}", flush=True)
            counts[seen.said] += 1
            slowest = max(slowest, (seen.seconds, number))
            largest = max(largest, (seen.megabytes, number))
        others = counts.total() - counts["ok"] - counts["refused"]
        bad += others + (slowest[0] >= MOST_SECONDS) + (largest[0] >= MOST_MEGABYTES)
        print(
            f"{kind:16} {counts['ok']:7} read {counts['refused']:7} refused {others:5} else; "
            f"slowest {slowest[0]:.2f} s (mutant {slowest[1]}), "
            f"largest {largest[0]:.0f} MB (mutant {largest[1]})",
            flush=True,
        )
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
