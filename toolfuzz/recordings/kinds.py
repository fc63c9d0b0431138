"""The kinds of files that can be read. A further kind is a module and a line here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from toolfuzz.core.errors import UsageError
from toolfuzz.recordings import (
    atif,
    batch,
    claude_code,
    codex,
    exchanges,
    har,
    inspect_ai,
    langfuse,
    opencode,
    otlp,
)
from toolfuzz.recordings.head import Head, opened
from toolfuzz.recordings.recorded import BadEntry, Recorded

__all__ = ["KINDS", "Kind", "read_file"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: whether a file is one, by its beginning, and how its exchanges are read.

    ``read`` takes the file at its beginning and yields what it holds in its order. It may raise
    UsageError, also in the middle: what was yielded before then stands. ``beside`` reads a file
    whose requests stand in another one.
    """

    title: str
    recognises: Callable[[Head], bool]
    read: Callable[[BinaryIO], Iterator[Recorded | BadEntry]]
    beside: Callable[[BinaryIO, Path], Iterator[Recorded | BadEntry]] | None = None


# The last one takes what no other knows.
KINDS = (
    Kind("HAR", har.recognises, har.read),
    Kind("a session of Claude Code", claude_code.recognises, claude_code.read),
    Kind("a session of Codex", codex.recognises, codex.read),
    Kind("a session of opencode", opencode.recognises, opencode.read),
    Kind("ATIF", atif.recognises, atif.read),
    Kind("OpenTelemetry", otlp.recognises, otlp.read),
    Kind("OpenTelemetry's spans over several lines", otlp.recognises_spans, otlp.read_spans),
    Kind("OpenTelemetry's logs over several lines", otlp.recognises_records, otlp.read_records),
    Kind("results of a batch", batch.recognises, batch.read, batch.read),
    Kind("requests of a batch", batch.recognises_requests, batch.read_requests),
    Kind("a log of Inspect", inspect_ai.recognises, inspect_ai.read),
    Kind("a log of Inspect in JSON", inspect_ai.recognises_json, inspect_ai.read_json),
    Kind("observations of Langfuse", langfuse.recognises_page, langfuse.read_page),
    Kind("a list of exchanges", exchanges.recognises_list, exchanges.read_list),
    Kind("exchanges over several lines", exchanges.recognises_spread, exchanges.read_spread),
    Kind("exchanges, one a line", lambda head: True, exchanges.read),
)


def read_file(path: Path, requests: Path | None = None) -> Iterator[Recorded | BadEntry]:
    """Read a file, standard input for ``-``, entry by entry; raises UsageError.

    ``requests`` is the file of what was asked, where that isn't in this one.

    A bad entry is told and the rest goes on; a file that breaks off ends with a bad entry, unless
    there was nothing before.
    """
    with opened(path) as (file, head):
        kind = next(kind for kind in KINDS if kind.recognises(head))
        if requests and not kind.beside:
            raise UsageError(
                f"{path} is read as {kind.title}: its requests aren't in another file",
                "--requests goes with the results of a batch",
            )
        number = 0
        try:
            beside = kind.beside if requests else None
            for found in beside(file, requests) if beside and requests else kind.read(file):
                number = found.number
                yield found
        except UsageError as error:
            if not number:
                raise UsageError(f"{path}: {error.message}", error.hint) from None
            yield BadEntry(number + 1, error.message)
        except OSError as error:
            raise UsageError(f"can't read {path}: {error.strerror or error}") from None
