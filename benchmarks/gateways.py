"""Real gateways on trial, each in an environment of its own: what they change, by cause.

Installs what is missing (pip and npm, some hundred megabytes), so it is no part of the tests.

    python benchmarks/gateways.py --dir DIR [--only litellm] [--cases 60]
"""

import argparse
import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path

from gateway_subjects import subjects

from toolfuzz.analyze.relay import Cause
from toolfuzz.core.errors import ToolfuzzError
from toolfuzz.evidence.relay.trial import try_gateway
from toolfuzz.runs.trial import Trial


def failing(trial: Trial) -> list[Cause]:
    """Try a gateway; its causes of failure."""
    tried = asyncio.run(try_gateway(trial))
    return [cause for cause in tried.causes if cause.severity == "error"]


def try_real(only: Sequence[str], cases: int) -> None:
    """Try the real ones, in the working directory; print a line for each of their causes."""
    known = subjects()
    for name in only or known:
        subject, here = known[name], Path()
        subject.install(here)
        out = here / "runs" / f"{name}-{time.strftime('%H%M%S')}"
        began = time.monotonic()
        try:
            causes = failing(subject.trial(cases, out))
        except ToolfuzzError as error:
            print(f"{subject.title}: {error.message}")
            continue
        took = time.monotonic() - began
        print(f"{subject.title}: {len(causes)} causes in {took:.0f} s, reports in {out}/reports")
        for cause in causes:
            doors = ", ".join(f"{t} {'s' if s else 'p'} {n}" for (t, s), n in cause.doors.items())
            print(f"  {cause.name:55} {doors}")


def main() -> None:
    """Try what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=Path("gateways"))
    parser.add_argument("--only", action="append", choices=subjects(), default=[])
    parser.add_argument("--cases", type=int, default=60)
    options = parser.parse_args()
    options.dir.mkdir(parents=True, exist_ok=True)
    os.chdir(options.dir)
    try_real(options.only, options.cases)


if __name__ == "__main__":
    main()
