"""A made-up gateway with a known mistake: which of them a trial finds, and what it blames without.

python benchmarks/planted_gateway.py [--cases 60] [--seeds 3] [--only rounded]
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/runs"))

from made_gateway import MISTAKES
from made_trial import tried


def causes(mistake: str, cases: int, seed: int) -> dict[str, int]:
    """Try the gateway and return what is told of it, with how many askings show it."""
    with tempfile.TemporaryDirectory() as folder:
        done = asyncio.run(tried(Path(folder) / "run", mistake, cases=cases, seed=seed))
    return {f"{cause.severity} {cause.name}": len(cause.shown) for cause in done.causes}


def main() -> None:
    """Plant each mistake at each seed, and none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=[*MISTAKES], default=[])
    options = parser.parse_args()
    began, missed, blamed = time.monotonic(), [], 0
    mistakes = options.only or list(MISTAKES)
    for mistake in ("", *mistakes):
        found = [causes(mistake, options.cases, seed) for seed in range(options.seeds)]
        told = ", ".join(f"{name} {n}" for name, n in list(found[0].items())[:4])
        print(f"{mistake or 'no mistake':18} {told or '–'}", flush=True)
        if mistake:
            missed += [(mistake, seed) for seed, names in enumerate(found) if not names]
        else:
            blamed = sum(map(len, found))
    trials = len(mistakes) * options.seeds
    print(f"found in {trials - len(missed)} of {trials} trials of {len(mistakes)} mistakes")
    print(f"missed: {missed or 'none'}; {options.cases} cases a trial")
    print(f"blamed where none was planted: {blamed}; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
