"""The pages on a port of this machine alone."""

from collections.abc import Callable
from pathlib import Path

import uvicorn

from toolfuzz.simulate.service import listen
from toolfuzz.view.app import Broke, build_app, new_key

__all__ = ["serve"]


def serve(root: Path, *, port: int, announce: Callable[[str], None], broke: Broke) -> None:
    """Serve the runs below ``root`` until Ctrl-C; ``announce`` is told the address.

    Port 0: a free one. ``broke`` says what is to be said of a mistake of our own.
    Raises UsageError for a port that is taken.
    """
    listener = listen(port)
    port = listener.getsockname()[1]
    key = new_key()
    announce(f"http://127.0.0.1:{port}/{key}/")
    config = uvicorn.Config(
        build_app(root, port=port, key=key, broke=broke),
        access_log=False,
        log_level="warning",
        lifespan="off",
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listener])
