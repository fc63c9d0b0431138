"""``python -m toolfuzz.simulate``: serve the simulated endpoint on loopback."""

import argparse
import os
import sys
import threading

from toolfuzz.core.errors import UsageError
from toolfuzz.simulate.server import build_app
from toolfuzz.simulate.service import serve


def main() -> None:
    """Serve until killed. The first line on stdout is the base URL, printed once it answers."""
    parser = argparse.ArgumentParser(prog="python -m toolfuzz.simulate", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--profile", default="clean")
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--die-with-parent", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.die_with_parent:
        threading.Thread(target=_wait_for_parent, daemon=True).start()
    try:
        app = build_app(profile=options.profile, latency_ms=options.latency_ms, seed=options.seed)
        serve(app, port=options.port, announce=lambda url: print(url, flush=True))
    except UsageError as error:
        sys.exit(f"{error.message}\n{error.hint or ''}".strip())


def _wait_for_parent() -> None:
    """The parent holds the other end of stdin: however it dies, this then reads the end."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
