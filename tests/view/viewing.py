"""The pages of ``toolfuzz view`` on a real port, and journals to be looked at."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from html_run import events_of

from toolfuzz.commands._broken import broken
from toolfuzz.runs.journal import Journal
from toolfuzz.simulate.service import listen
from toolfuzz.view.app import build_app

KEY = "key"


def a_journal(folder: Path, text: str = "plain", **given: Any) -> Path:
    """Write a run (see ``events_of``)."""
    with Journal(folder) as journal:
        journal.append(events_of(text, **given))
    return folder


@contextmanager
def viewing(root: Path) -> Iterator[str]:
    """Serve the runs below a folder; give the address of their list."""
    listener = listen(0)
    port = listener.getsockname()[1]
    app = build_app(root, port=port, key=KEY, broke=broken)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}/{KEY}/"
    finally:
        server.should_exit = True
        thread.join()
