"""What options are given as: texts of the command line, read."""

from typing import Any

import click

__all__ = ["CountOr", "Size", "listed", "price", "system_text"]


def listed(context: click.Context, option: click.Parameter, value: str | None) -> list[str] | None:
    """Read NAME,NAME: a callback."""
    return None if value is None else [name.strip() for name in value.split(",")]


class CountOr(click.ParamType[int | str]):
    """A number, or one word."""

    def __init__(self, word: str) -> None:
        self.name = self._word = word

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        """Return it; fails like click's own types."""
        if value == self._word:
            return self._word
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a number nor {self._word}", param, ctx)


class Size(click.ParamType[int]):
    """Bytes, or a size such as 16MiB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes; fails like click's own types."""
        from toolfuzz.core.sizes import read_size

        try:
            return read_size(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def price(
    context: click.Context, option: click.Parameter, value: str | None
) -> tuple[float, float] | None:
    """Read IN,OUT in dollars for a million tokens: a callback."""
    if value is None:
        return None
    try:
        given, made = (float(part) for part in value.split(","))
        if given >= 0 and made >= 0:
            return given, made
    except ValueError:
        pass
    raise click.BadParameter("write IN,OUT: --price 0.15,0.60")


def system_text(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Read the file of a system prompt: a callback. Journals hold its text, so that it can change.

    Raises UsageError.
    """
    if value is None:
        return None
    from toolfuzz.commands._given import read_system

    return read_system(value)
