"""Running a campaign under a terminal: progress, Ctrl-C, the table at the end."""

import asyncio
import json
import signal
import sys

import click

from toolfuzz.api import RunOptions, run_options
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import EXIT_INTERRUPTED
from toolfuzz.report.progress import Progress, progress
from toolfuzz.report.terminal import print_summary

__all__ = ["run_with_progress"]


def run_with_progress(options: RunOptions, *, as_json: bool, quiet: bool) -> JsonObject:
    """Run, show progress on stderr, print the result on stdout; exits 130 when interrupted."""
    show = progress(quiet=quiet)
    summary, interrupted = asyncio.run(_run(options, show))
    if as_json:
        click.echo(json.dumps(summary, indent=2))
    else:
        print_summary(summary)
    if interrupted:
        click.get_current_context().exit(EXIT_INTERRUPTED)
    return summary


async def _run(options: RunOptions, show: Progress) -> tuple[JsonObject, bool]:
    stop = asyncio.Event()
    task = asyncio.current_task()

    def interrupt() -> None:
        # The first Ctrl-C lets questions under way finish, the second gives up on them.
        if stop.is_set() and task is not None:
            task.cancel()
            return
        stop.set()
        show.note("finishing the questions under way; press Ctrl-C again to stop at once")

    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGINT, interrupt)
        loop.add_signal_handler(signal.SIGTERM, interrupt)
    with show:
        try:
            return await run_options(options, tell=show.tell, stop=stop), stop.is_set()
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
