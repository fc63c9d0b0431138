"""What the list says of a run: figures that are kept, so that no journal is read twice for it."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from toolfuzz import __version__
from toolfuzz.analyze.conclusion import tone
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.price import price_of
from toolfuzz.analyze.summary import originals, success, tokens
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import Nature
from toolfuzz.runs.decision import CHECK_NAME, read_decision
from toolfuzz.system.caches import cache_home
from toolfuzz.system.files import written_whole
from toolfuzz.view.shelf import Found, Shelf

__all__ = ["Figures", "Row", "Rows", "paid", "row_of"]

_LAYOUT = 2
"""Another number when a row is laid out otherwise."""
_MOST_BYTES = 64_000_000
_MOST_TARGETS = 20
"""Of a run; its own page has them all."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A model of a run. ``label`` says what it is where it is no real one, ``several`` what
    many such are; ``cost`` in dollars. ``tone`` is how good its rate is, empty of scenarios, which
    are told apart by dimension."""

    target: str
    label: str
    several: str
    rate: float | None
    low: float
    high: float
    judged: int
    failed: int
    unjudged: int
    cost: float | None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A run. ``asked`` is alike for runs that asked the same; ``outcome`` is a check's.

    ``ended`` is why it ended, empty while it has no end. ``left_out`` counts
    targets that its own page has. ``trouble`` says why it can't be read.
    """

    started: float
    ended: str
    cases: int
    asked: str
    outcome: str
    targets: list[Figures]
    left_out: int = 0
    trouble: str = ""


class Rows:
    """The rows of a folder's runs, remembered in the user's own cache; made by one thread."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        digest = sha256(str(shelf.root.resolve()).encode("utf-8", "backslashreplace"))
        self._place = cache_home() / "view" / f"{digest.hexdigest()[:24]}.json"
        self._rows = _read(self._place)

    def known(self, found: Found) -> Row | None:
        """Return the row of a run as it is now, None where its journal has to be read."""
        return self._rows.get(_key(found))

    def make(self, found: Found) -> Row:
        """Read the journal and return its row."""
        try:
            row = row_of(self._shelf.read(found), found.journal.parent)
        except UsageError as error:
            row = Row(found.written, "", 0, "", "", [], trouble=error.message)
        self._rows[_key(found)] = row
        return row

    def keep(self, runs: Iterable[Found]) -> None:
        """Write down the rows of these runs, where there is room; forget all others."""
        here = {_key(found) for found in runs}
        self._rows = {key: row for key, row in self._rows.items() if key in here}
        kept = {"made_by": _maker(), "rows": {key: asdict(row) for key, row in self._rows.items()}}
        with suppress(OSError):
            self._place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with written_whole(self._place) as file:
                file.write(json.dumps(kept).encode())


def row_of(run: RunData, folder: Path) -> Row:
    """Return what the list says of a run."""
    outcome, settings = "", run.started.settings
    if "check" in settings and (folder / CHECK_NAME).is_file():
        with suppress(UsageError):
            outcome = read_decision(folder / CHECK_NAME)["outcome"] or ""
    return Row(
        _time(run.started.started),
        run.finished.reason if run.finished else "",
        originals(run),
        _asked(settings),
        outcome,
        sorted((_figures(run, t) for t in run.started.targets[:_MOST_TARGETS]), key=_weakest),
        max(len(run.started.targets) - _MOST_TARGETS, 0),
    )


def _figures(run: RunData, target: Target) -> Figures:
    answers, nature = run.of(target.name), run.nature(target.name)
    rate = success(answers.judged)
    unjudged = len(answers) - rate.judged
    shown = {"unjudged": unjudged, "given_up": target.name in run.given_up, "dimensions": {}}
    return Figures(
        target.name,
        nature.label,
        nature.several,
        rate.rate,
        rate.low,
        rate.high,
        rate.judged,
        rate.judged - rate.passed,
        unjudged,
        paid(target.model, nature, tokens(answers)),
        "" if answers.are_scenarios else tone({**asdict(rate), **shown}),
    )


def _weakest(one: Figures) -> tuple[bool, float]:
    return one.rate is None, one.rate or 0.0


def paid(model: str, nature: Nature, tokens: JsonObject) -> float | None:
    """Return what a target's tokens cost in US dollars, None where that isn't known."""
    if tokens["input"] is None or tokens["output"] is None:
        return None
    return price_of(model, nature)(tokens["input"], tokens["output"])


_NOT_ASKED = {
    "models", "base_url", "format", "key_env", "headers", "secret_headers", "concurrency", "rpm",
    "tpm", "timeout", "max_reply", "engine_python", "latency_ms", "workers", "max_calls",
    "max_time", "max_tokens", "max_cost", "price",
}  # fmt: skip
"""Settings that say who is asked, and how fast; all others say what."""


def _asked(settings: JsonObject) -> str:
    what = {name: value for name, value in settings.items() if name not in _NOT_ASKED}
    said = json.dumps(what, sort_keys=True, default=str)
    return sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _time(said: Any) -> float:
    return said if isinstance(said, int | float) and 0 <= said < 1e11 else 0.0


def _key(found: Found) -> str:
    decided = found.journal.with_name(CHECK_NAME)
    try:
        when = decided.stat().st_mtime_ns
    except OSError:
        when = 0
    return ".".join(map(str, (*found.state, when)))


def _maker() -> str:
    return f"{__version__}/{_LAYOUT}"


def _read(place: Path) -> dict[str, Row]:
    try:
        if place.stat().st_size > _MOST_BYTES:
            return {}
        said = json.loads(place.read_bytes())
        if said["made_by"] != _maker():
            return {}
        return TypeAdapter(dict[str, Row]).validate_python(said["rows"])
    except (OSError, ValueError, KeyError, TypeError, ValidationError, RecursionError):
        # Gone, or made by another release: the journals say it all.
        return {}
