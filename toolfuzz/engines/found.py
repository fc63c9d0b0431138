"""What was last found of each parser, kept beside the fetched releases: one small file each."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from toolfuzz.core.text import printable
from toolfuzz.engines.store import cache_folder
from toolfuzz.system.files import written_whole

__all__ = ["Found", "last_found", "remember"]

_MOST_BYTES = 10_000
_MOST_DEFECTS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found of one parser.

    ``target`` is ``ENGINE@VERSION:PARSER``, ``day`` an ISO date. ``cases`` were drawn; of
    ``judged`` replies ``passed`` were right. ``defects`` are slugs and numbers of replies, the most
    frequent first; the first three are kept.
    """

    target: str
    day: str
    cases: int
    judged: int
    passed: int
    defects: tuple[tuple[str, int], ...]

    def words(self) -> str:
        """Return it as a line: ``2026-11-27: 96.4% of 110 right, enum-type-mismatch 4``."""
        right = f"{100 * self.passed / self.judged:.1f}%" if self.judged else "nothing"
        defects = "".join(f", {slug} {count}" for slug, count in self.defects)
        return f"{self.day}: {right} of {self.judged} right{defects}"


def remember(found: Found) -> None:
    """Keep it in place of what was found of that parser before; a full disk is no error here."""
    path = _folder() / f"{quote(found.target, safe='')}.json"
    kept = {**asdict(found), "defects": found.defects[:_MOST_DEFECTS]}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as file:
            file.write((json.dumps(kept, indent=1) + "\n").encode())


def last_found() -> list[Found]:
    """Return what is known of all parsers, by name; files that can't be read are left out."""
    paths = sorted(_folder().glob("*.json"))
    return [found for path in paths if (found := _read(path)) is not None]


def _folder() -> Path:
    return cache_folder() / "found"


def _read(path: Path) -> Found | None:
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(_MOST_BYTES))
        defects = [(printable(str(slug)), int(count)) for slug, count in data["defects"]]
        return Found(
            target=printable(str(data["target"])),
            day=printable(str(data["day"])),
            cases=_count(data["cases"]),
            judged=_count(data["judged"]),
            passed=_count(data["passed"]),
            defects=tuple(defects[:_MOST_DEFECTS]),
        )
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value
