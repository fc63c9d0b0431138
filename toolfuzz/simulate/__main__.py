"""``python -m toolfuzz.simulate``: serve the simulated endpoint on loopback."""

import argparse
import os
import socket
import sys
import threading

import uvicorn

from toolfuzz.core.errors import UsageError
from toolfuzz.simulate.server import build_app


def main() -> None:
    """Serve until killed. The first line on stdout is the base URL, printed once it answers."""
    parser = argparse.ArgumentParser(prog="python -m toolfuzz.simulate", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--profile", default="clean")
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--die-with-parent", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        app = build_app(profile=options.profile, latency_ms=options.latency_ms, seed=options.seed)
        listener = _listen(options.port)
    except UsageError as error:
        sys.exit(f"{error.message}\n{error.hint or ''}".strip())
    if options.die_with_parent:
        threading.Thread(target=_wait_for_parent, daemon=True).start()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", flush=True)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        lifespan="off",
        server_header=False,
        date_header=False,
        ws="none",
    )
    uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    """A listening socket: connections queue up from here on, so the URL may be told at once."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise UsageError(f"port {port}: {error.strerror}", "choose another --port") from None
    listener.listen(1024)
    return listener


def _wait_for_parent() -> None:
    """The parent holds the other end of stdin: however it dies, this then reads the end."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
