"""Work whose answers are kept: however it ends, it is said how to go on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from toolfuzz.core.errors import ToolfuzzError

__all__ = ["kept"]


@contextmanager
def kept(how: Callable[[], str]) -> Iterator[None]:
    """Say ``how`` to go on when the work within is interrupted, or toolfuzz or the disk breaks.

    ``how`` returns "" where nothing was kept. Errors that are meant for people stay as they are.
    """
    try:
        yield
    except KeyboardInterrupt:
        if said := how():
            click.echo(said, err=True)
        raise
    except (ToolfuzzError, click.ClickException, click.exceptions.Exit):
        raise
    except (SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        # Also the panics of extensions written in Rust, which are no Exception.
        from toolfuzz.commands._broken import broken

        raise broken(error, how()) from None
