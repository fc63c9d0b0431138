"""Options of commands that ask again what was asked, and those that say what was expected then."""

from pathlib import Path

import click

from toolfuzz.cli.options import (
    engine_option,
    header_options,
    pace_options,
    stack,
    trust_option,
)

__all__ = ["again_options", "expect_options"]

expect_options = stack(
    click.option(
        "--expect", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
        help="What was expected, where nobody knows: JSON like `expect` in `judge --help`.",
    ),
    click.option(
        "--expect-value", "expect_values", multiple=True, metavar="POINTER=VALUE",
        help="The call as it came, but with this value: /config='{\"env\": \"prod\"}'; of one case "
        "among several 2be9fc:/config=…, of a later call 1/config=….",
    ),
)  # fmt: skip

again_options = stack(
    click.option("--base-url", metavar="URL", help="Where to ask, if not where it was asked."),
    click.option("--key-env", metavar="NAME", help="Variable that holds the key there."),
    header_options,
    trust_option,
    pace_options,
    engine_option,
)
"""Options of commands that ask again what a run asked."""
