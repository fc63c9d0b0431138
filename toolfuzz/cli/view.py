"""``toolfuzz view``: the runs of a folder as local pages."""

import sys
from pathlib import Path

import click

EPILOG = """\b
Examples:
  toolfuzz view                          all runs in reports/
  toolfuzz view ~/runs --port 8500
  toolfuzz view reports/20261123-101500-glm-4.7 --no-open

How each model does from run to run, what failed byte by byte, any two runs side by side. A run
that is going on is followed. Nothing is asked or sent, no run is changed; the pages are for this
machine alone, under the address that is printed.
"""


@click.command(epilog=EPILOG)
@click.argument(
    "folder", default="reports", type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]"
)
@click.option("--port", default=8401, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--open/--no-open", "opens", default=None, help="Open a browser (in a terminal: yes)."
)
def view(folder: Path, port: int, opens: bool | None) -> None:
    """Show all runs in a folder (reports/) in the browser, until Ctrl-C."""
    import webbrowser

    from toolfuzz.commands._broken import broken
    from toolfuzz.core.errors import UsageError
    from toolfuzz.core.text import printable
    from toolfuzz.system.extras import require

    require("server", "toolfuzz view")
    from toolfuzz.view.server import serve

    if not folder.is_dir():
        raise UsageError(
            f"no folder {folder}", "`toolfuzz run -m sim/glm-4.7` makes reports/; or name another"
        )

    def announce(url: str) -> None:
        click.echo(f"runs in {printable(str(folder))}, for this machine alone; Ctrl-C ends it")
        click.echo(url)
        if sys.stdout.isatty() if opens is None else opens:
            webbrowser.open(url)

    serve(folder, port=port, announce=announce, broke=broken)
