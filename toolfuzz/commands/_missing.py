"""What an install does without is said in one line before anything is asked."""

import shlex
from collections.abc import Iterable

import click

from toolfuzz.judge.clients import missing_clients

__all__ = ["say_unread"]


def say_unread(format_names: Iterable[str]) -> None:
    """Say which official SDKs won't read the replies, since they are not installed."""
    if not (missing := missing_clients(format_names)):
        return
    names = " and ".join(need.partition(">=")[0] for need in missing)
    install = " ".join(map(shlex.quote, missing))
    users = f"what users of {names} get from a reply is not compared"
    click.echo(f"{users}; for that: pip install {install}", err=True)
