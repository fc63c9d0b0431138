"""What a user of the official SDKs gets from recorded bytes.

The bytes of a reply are served to the installed SDKs of its wire format (``clients.py`` in the
format's folder), retries off, and read the way their documentation shows. Importing an SDK takes a
second: this is for after a run, never for the measuring path.
"""

import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from toolfuzz.core.case import Case, Expectation, Json
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.text import clip
from toolfuzz.core.validation import fits
from toolfuzz.formats import ClientReader, wire_format

__all__ = ["ClientView", "client_views", "load_clients", "missing_clients"]

Outcome = Literal["same", "different", "nothing", "exception", "unjudged"]
Call = tuple[str, Json]


@dataclass(frozen=True, slots=True)
class ClientView:
    """What one way of using one SDK makes of a reply.

    ``client`` is package, version and, for streams, the way (``openai 3.54.0 stream()``).
    ``outcome``: ``same`` calls as were asked for · ``different`` calls, silently · ``nothing``,
    silently, where calls were asked for · ``exception``; then ``detail`` is its type and message ·
    ``unjudged``, where nobody knows what is right.
    ``calls`` are (name, arguments) as the user's code has them.
    """

    client: str
    outcome: Outcome
    detail: str = ""
    calls: tuple[Call, ...] = ()


def client_views(
    attempt: Attempt, format_name: str, *, stream: bool, case: Case, turn: int
) -> list[ClientView]:
    """Replay one recorded reply through the SDKs of its wire format.

    One view for each way in which an SDK is used: its own helper, and reading the events oneself.
    [] for a wire format without an SDK. Never raises on anything a server can send.
    """
    expect = case.turns[turn].expect
    readers = [reader for reader in wire_format(format_name).clients if reader.stream == stream]
    return [_view(reader, attempt, case, expect) for reader in readers]


def missing_clients(format_names: Iterable[str]) -> list[str]:
    """Return the SDKs of these wire formats that can't be used here, as pip has them
    (``openai>=1.92``).
    """
    readers = (reader for name in format_names for reader in wire_format(name).readers)
    return sorted({reader.needs for reader in readers if not reader.installed})


def load_clients(format_names: Iterable[str]) -> None:
    """Import the SDKs that will be needed, where there is time to."""
    for name in format_names:
        for reader in wire_format(name).clients:
            with suppress(Exception):  # said by what reads with it
                import_module(reader.module or reader.package)


def _view(reader: ClientReader, attempt: Attempt, case: Case, expect: Expectation) -> ClientView:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            calls = tuple(reader.read(attempt))
        outcome = _outcome(calls, case, expect)
    except Exception as error:
        # Whatever comes is what a user would see, from the SDK or from plain code after it.
        return ClientView(reader.name, "exception", f"{type(error).__name__}: {clip(str(error))}")
    return ClientView(reader.name, outcome, calls=calls)


def _outcome(calls: Sequence[Call], case: Case, expect: Expectation) -> Outcome:
    if expect.kind == "unknown":
        return "unjudged"
    if expect.compare == "schema" and len(calls) == len(expect.calls):
        tools = [case.tool(name) for name, _ in calls]
        if all(t and fits(t.parameters, v) for t, (_, v) in zip(tools, calls, strict=True)):
            return "same"
    ours = [f"{name} {canonical(value)}" for name, value in calls]
    right = [f"{call.tool} {canonical(call.arguments)}" for call in expect.calls]
    if sorted(ours) == sorted(right):
        return "same"
    return "different" if calls else "nothing"
