"""What options are given as: texts of the command line, read."""

from typing import Any

import click

from toolfuzz.core.errors import UsageError
from toolfuzz.system.texts import read_small

__all__ = [
    "CountOr",
    "Size",
    "listed",
    "parse_headers",
    "parse_params",
    "price",
    "read_system",
    "system_text",
]


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
    return None if value is None else read_system(value)


def read_system(path: str) -> str:
    """Return the text of a file as it stands; raises UsageError."""
    text = read_small(path, "--system", too_large="no model reads so much")
    if not text.strip():
        raise UsageError(f"--system {path}: there is nothing in it", "leave it out")
    return text


def parse_params(pairs: tuple[str, ...]) -> dict[str, Any]:
    """Read KEY=VALUE pairs; a VALUE that is JSON is JSON, anything else is text."""
    import json

    params: dict[str, Any] = {}
    for pair in pairs:
        key, found, text = pair.partition("=")
        if not found or not key:
            raise UsageError(
                f"--param {pair!r} is not KEY=VALUE", "for example: --param temperature=0"
            )
        try:
            params[key] = json.loads(text)
        except ValueError:
            params[key] = text
    return params


def parse_headers(lines: tuple[str, ...], option: str = "--header") -> dict[str, str]:
    """Read ``NAME: VALUE`` lines."""
    headers = {}
    for line in lines:
        name, found, value = line.partition(":")
        if not found or not name.strip():
            raise UsageError(
                f"{option} needs NAME: VALUE", f"for example: {option} 'X-Project: evaluation'"
            )
        headers[name.strip()] = value.strip()
    return headers
