"""A folder of known failures, one JSON file each, portable between models and people."""

import re
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import StrictBool, StrictStr

from toolfuzz.analyze.contrast import Tally
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.codec import FORMAT_VERSION, case_from_json, case_to_json
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.evidence.replay import KnownFailure
from toolfuzz.judge.catalogue import defects
from toolfuzz.runs.derived import AnyObject, Count, read_json, validated, write_json

__all__ = [
    "STARTER",
    "Entry",
    "Note",
    "add_entry",
    "case_with_defect",
    "free_name",
    "read_corpus",
    "remove_entry",
    "replace_entry",
    "starter_folder",
]

STARTER = "starter"
"""The name under which the corpus that ships with toolfuzz is asked for."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Note:
    """Why a case is kept: what happened, what should have, and which dimension it is about."""

    happened: StrictStr
    expected: StrictStr
    dimension: StrictStr


_NOTED = ("happened", "expected", "dimension")


@dataclass(frozen=True, slots=True)
class _Times:
    """How often a case failed when it was kept."""

    failed: Count
    asked: Count


@dataclass(frozen=True, slots=True)
class _Defect:
    """What a bug report's case says of its failure."""

    slug: StrictStr | None = None
    stream: StrictBool | None = None
    seen: _Times | None = None


@dataclass(frozen=True, slots=True)
class _Kept(_Defect):
    """The fields of a corpus' file."""

    note: Note = field(kw_only=True)
    case: dict[str, Any] = field(kw_only=True)
    sources: list[StrictStr] = field(default_factory=list)
    profile: StrictStr | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One case of a corpus. ``name`` is its file's name without ``.json``.

    ``slug`` and ``stream`` are those of the failure it was kept for; ``sources`` are public
    issues; ``profile`` is a simulated endpoint that shows the failure. ``seen`` is how often it
    failed when it was kept.
    """

    name: str
    case: Case
    note: Note
    slug: str | None = None
    stream: bool | None = None
    sources: tuple[str, ...] = ()
    profile: str | None = None
    seen: Tally | None = None

    @property
    def known(self) -> KnownFailure:
        """The entry as something to ask again."""
        return KnownFailure(self.name, self.case, self.slug, self.stream, self.seen)


def starter_folder() -> Path:
    """Return the folder of the corpus that ships with toolfuzz."""
    return Path(str(files("toolfuzz.evidence") / "corpus_cases"))


def read_corpus(folder: Path) -> list[Entry]:
    """Return the entries by name; raises UsageError that names the file for a broken one."""
    if not folder.is_dir():
        raise UsageError(
            f"there is no corpus at {folder}", "`toolfuzz corpus add RUN|CASE.json` begins one"
        )
    return [_read(path) for path in sorted(folder.glob("*.json"))]


def add_entry(folder: Path, entry: Entry) -> Path:
    """Write an entry into a folder; raises UsageError when its name is taken or is none."""
    if not _NAME.fullmatch(entry.name):
        raise UsageError(
            f"{entry.name!r} is no name for a case", "use a-z, 0-9, dot, dash and underscore"
        )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{entry.name}.json"
    if path.exists():
        raise UsageError(f"the corpus has a case {entry.name!r} already", "choose another --name")
    write_json(path, _to_json(entry))
    return path


def replace_entry(folder: Path, entry: Entry) -> None:
    """Write an entry that is there anew."""
    write_json(folder / f"{entry.name}.json", _to_json(entry))


def remove_entry(folder: Path, name: str) -> Path:
    """Delete an entry's file; raises UsageError with the nearest names when there is none."""
    names = [e.stem for e in folder.glob("*.json")]
    if name not in names:
        near = did_you_mean(name, names) or "`toolfuzz corpus list` names them all"
        raise UsageError(f"the corpus has no case {name!r}", near)
    path = folder / f"{name}.json"
    path.unlink()
    return path


def case_with_defect(path: Path) -> KnownFailure:
    """Read a case file: of a corpus, of a bug report, or a bare case; raises UsageError."""
    data = read_json(path, AnyObject, "a case")
    if "case" in data:
        return _entry(path, data).known
    defect = data.pop("defect", None) or {}
    try:
        defect = validated(defect, _Defect)
        case = case_from_json(data)
    except UsageError as error:
        raise UsageError(
            f"{path}: {error.message}",
            "give a case file, a bug report or a run (`toolfuzz judge FILE --out DIR` makes one of "
            "recorded exchanges)",
        ) from None
    return KnownFailure(
        path.stem, case, defect.get("slug"), defect.get("stream"), _seen(path, defect.get("seen"))
    )


def _seen(path: Path, data: JsonObject | None) -> Tally | None:
    if data is None:
        return None
    if 0 < data["failed"] <= data["asked"]:
        return Tally(data["failed"], data["asked"])
    raise UsageError(
        f'{path}: `seen` says how often it failed: {{"failed": 11, "asked": 16}}',
        "mend it or leave it out: then a rate of one in ten is taken",
    )


def _to_json(entry: Entry) -> JsonObject:
    return {
        "format_version": FORMAT_VERSION,
        "note": {
            "happened": entry.note.happened,
            "expected": entry.note.expected,
            "dimension": entry.note.dimension,
        },
        "slug": entry.slug,
        "stream": entry.stream,
        "sources": list(entry.sources),
        "profile": entry.profile,
        "seen": None if entry.seen is None else asdict(entry.seen),
        "case": case_to_json(entry.case),
    }


def _read(path: Path) -> Entry:
    return _entry(path, read_json(path, AnyObject, "a case of a corpus"))


def _entry(path: Path, data: JsonObject) -> Entry:
    try:
        kept = validated(data, _Kept)
        slug = kept.get("slug")
        if slug is not None and slug not in defects():
            raise UsageError(f"unknown defect {slug!r}")
        return Entry(
            path.stem,
            case_from_json(kept["case"]),
            Note(**{name: kept["note"][name] for name in _NOTED}),
            slug,
            kept.get("stream"),
            tuple(kept.get("sources", ())),
            kept.get("profile"),
            _seen(path, kept.get("seen")),
        )
    except UsageError as error:
        raise UsageError(
            f"{path}: not a case of a corpus: {error}", "mend it or take it out of the folder"
        ) from None


def free_name(folder: Path, wanted: str) -> str:
    """Return the name, or the name with the first number that no file in the folder has."""
    name, n = wanted, 2
    while (folder / f"{name}.json").exists():
        name, n = f"{wanted}-{n}", n + 1
    return name
