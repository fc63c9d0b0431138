"""The journal, ``run.jsonl``: the only truth of a run. Appended and flushed per verdict."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TextIO

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import Event, event_from_json, event_to_line

__all__ = ["JOURNAL_NAME", "Journal", "find_journal", "read_journal", "write_json"]

JOURNAL_NAME = "run.jsonl"


class Journal:
    """Writes events to a new file in a new folder; raises UsageError before anything is spent.

    ``resume`` goes on with a folder that is there, after dropping a torn last line.
    """

    def __init__(self, folder: Path, *, resume: bool = False) -> None:
        self.path = folder / JOURNAL_NAME
        try:
            folder.mkdir(parents=True, exist_ok=resume)
            if resume and self.path.exists():
                _drop_torn_line(self.path)
            self._file: TextIO = self.path.open("a" if resume else "x", encoding="utf-8")
        except FileExistsError:
            raise UsageError(
                f"the output folder {folder} already exists",
                "choose another --out, or move it away: a run never overwrites a run",
            ) from None
        except OSError as error:
            raise UsageError(
                f"can't write to {folder}: {error.strerror or error}",
                "choose a folder that you may write to with --out",
            ) from None

    def append(self, events: Iterable[Event]) -> None:
        """Write the events and hand them to the operating system before returning."""
        self._file.write("".join(event_to_line(e) + "\n" for e in events))
        self._file.flush()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def _drop_torn_line(path: Path) -> None:
    with path.open("rb+") as file:
        whole = file.read().rfind(b"\n") + 1
        file.truncate(whole)


def write_json(path: Path, data: JsonObject) -> None:
    """Write a file that is derived from a journal, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


def find_journal(run: Path) -> Path:
    """Return the journal of a run given by its folder or by the file itself."""
    path = run / JOURNAL_NAME if run.is_dir() else run
    if not path.is_file():
        raise UsageError(
            f"no journal at {run}",
            f"give a run's folder (it holds {JOURNAL_NAME}) or the .jsonl file itself",
        )
    return path


def read_journal(run: Path) -> Iterator[Event]:
    """Read a run's events in order.

    A last line that was cut off in the middle is left out: the process died while writing it.
    Raises UsageError with the line number for anything else that can't be read.
    """
    path = find_journal(run)
    with path.open(encoding="utf-8", errors="strict", newline="\n") as file:
        number = 0
        try:
            for line in file:
                number += 1
                if not line.endswith("\n"):
                    return
                yield event_from_json(json.loads(line))
        except UnicodeDecodeError:
            raise UsageError(f"{path}: not UTF-8 text after line {number}") from None
        except json.JSONDecodeError as error:
            raise UsageError(f"{path}:{number}: not JSON: {error.msg}") from None
        except (UsageError, AttributeError) as error:
            raise UsageError(f"{path}:{number}: {error}", getattr(error, "hint", None)) from None
