"""Things that the events of a stream open, fill and close: content blocks, output items, parts.

A table in ``laws.toml``::

    [[life]]
    name = "block"
    key = ["index"]                    # fields that tell one thing from another
    open = "content_block_start"       # kinds of events
    within = ["content_block_delta"]   # … that need an open one
    close = "content_block_stop"
    itself = ["PATH"]                  # … that open a new one themselves, if they have this field
    single = true                      # one is closed before the next one opens
    agree = ["KIND PATH = OPENED"]     # what an event says is what the opening event said there
    fits = { kind = KIND, field = PATH, opened = PATH, table = { text_delta = "text" } }
    needs = ["KIND PATH=VALUE"]        # what must come, if the opening event is like that
    final = { kind = KIND, array = PATH, agree = ["PATH = OPENED"] }   # … lists them all again

A word of ``fits`` may go with several types: ``["text", "call"]``.

The laws that follow are named ``block.order`` (keys count 0, 1, 2, …), ``block.twice``,
``block.opened KIND``, ``block.after`` (nothing comes after the close), ``block.closed``,
``block.fits``, ``block.needs KIND``, ``block.final``, ``block.final PATH`` and
``block.agree KIND PATH``.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.effort import count_part
from toolfuzz.formats.shapes import conditions, get, steps_of

__all__ = ["Lives", "lives_of"]

Steps = tuple[str, ...]
Breach = tuple[str, str]
"""The name of a law and what is wrong."""


@dataclass(frozen=True, slots=True)
class _Fits:
    kind: str
    field: Steps
    opened: Steps
    table: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Final:
    kind: str
    array: Steps
    agree: tuple[tuple[Steps, Steps], ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """One kind of thing."""

    name: str
    key: tuple[Steps, ...]
    open: str
    close: str
    looks: Mapping[str, tuple[Steps, ...]]
    """The kinds of events that it knows, and where it looks in them."""
    itself: tuple[Steps, ...]
    single: bool
    agree: Mapping[str, tuple[tuple[Steps, Steps], ...]]
    needs: tuple[tuple[str, Callable[[JsonObject], bool] | None], ...]
    fits: _Fits | None
    final: _Final | None


@dataclass(slots=True)
class _Life:
    """One thing: the event that opened it, and the kinds of events that it had."""

    opening: JsonObject
    heard: set[str] = field(default_factory=set)
    closed: bool = False


class _Things(dict[tuple[int, ...], _Life]):
    """The things of one kind by key. How many stand within another is counted, not searched for.

    Most of a stream is deltas that say the same to the laws. As long as nothing opens or closes,
    what broke none breaks none when it comes again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counter[tuple[int, ...]] = Counter()
        self._harmless: set[tuple[Json, ...]] = set()

    def __setitem__(self, key: tuple[int, ...], life: _Life) -> None:
        self._counts[key[:-1]] += key not in self
        self._harmless.clear()
        super().__setitem__(key, life)
        count_part(len(self))

    def close(self, life: _Life) -> None:
        self._harmless.clear()
        life.closed = True

    def is_harmless(self, said: tuple[Json, ...]) -> bool:
        try:
            return said in self._harmless
        except TypeError:  # a list or an object, where no law knows one
            return False

    def remember(self, said: tuple[Json, ...]) -> None:
        # For Python true is 1, and 1.0 too.
        if all(value is None or type(value) in (str, int) for value in said):
            self._harmless.add(said)

    def within(self, parent: tuple[int, ...]) -> int:
        """Return how many things have keys that begin like this."""
        return self._counts[parent]


@dataclass(frozen=True, slots=True)
class Lives:
    """The rules of a format, and the things of one stream."""

    rules: tuple[_Rule, ...]
    lives: tuple[_Things, ...] = ()

    def begin(self) -> "Lives":
        """Return the same rules with no thing opened yet."""
        return Lives(self.rules, tuple(_Things() for _ in self.rules))

    def hear(self, kind: str, data: JsonObject) -> Sequence[Breach]:
        """Take an event; return the laws that it breaks."""
        breaches: list[Breach] = []
        for rule, lives in zip(self.rules, self.lives, strict=True):
            looks = rule.looks.get(kind)
            if looks is not None:
                said = (kind, *[get(data, path) for path in looks])
                if not lives.is_harmless(said):
                    found = list(_hear(rule, lives, kind, data))
                    if not found and kind not in (rule.open, rule.close):
                        lives.remember(said)
                    breaches += found
            elif rule.final is not None and kind == rule.final.kind:
                breaches += _compare(rule, rule.final, lives, data)
        return breaches

    def end(self) -> Iterator[Breach]:
        """Yield what the end of the stream breaks."""
        for rule, lives in zip(self.rules, self.lives, strict=True):
            for key, life in lives.items():
                if not life.closed:
                    yield f"{rule.name}.closed", f"{rule.name} {_shown(key)} was never closed"
                for kind, wanted in rule.needs:
                    if kind not in life.heard and (wanted is None or wanted(life.opening)):
                        detail = f"{rule.name} {_shown(key)} had no {kind}"
                        yield f"{rule.name}.needs {kind}", detail


def _hear(rule: _Rule, lives: _Things, kind: str, data: JsonObject) -> Iterator[Breach]:
    key = tuple([value for path in rule.key if type(value := get(data, path)) is int])
    if kind == rule.open and len(key) == len(rule.key) - 1:
        # SDKs count what is opened; that the number is missing, shapes say.
        key = (*key, lives.within(key))
    if len(key) < len(rule.key):
        return
    life = lives.get(key)
    opens = life is None and any(get(data, path) is not None for path in rule.itself)
    if kind == rule.open or opens:
        yield from _open(rule, lives, key, data)
        life = lives[key] = _Life(data)
    if kind == rule.open:
        return
    if life is None:
        detail = f"{kind} for {rule.name} {_shown(key)}, which was never opened"
        yield f"{rule.name}.opened {kind}", detail
        return
    if life.closed:
        yield f"{rule.name}.after", f"{kind} for {rule.name} {_shown(key)}, which was closed"
    life.heard.add(kind)
    if kind == rule.close:
        lives.close(life)
    if rule.fits is not None and kind == rule.fits.kind:
        yield from _fits(rule.name, rule.fits, life, data)
    for path, opened in rule.agree.get(kind, ()):
        if get(data, path) != get(life.opening, opened):
            what = f"{rule.name} {_shown(key)}"
            detail = f"{_path(path)} is not the {_path(opened)} that {what} was opened with"
            yield f"{rule.name}.agree {kind} {_path(path)}", detail


def _open(rule: _Rule, lives: _Things, key: tuple[int, ...], data: JsonObject) -> Iterator[Breach]:
    shown = f"{rule.name} {_shown(key)}"
    if key in lives:
        yield f"{rule.name}.twice", f"{shown} is opened again"
    elif key[-1] != lives.within(key[:-1]):
        yield f"{rule.name}.order", f"{shown} is opened out of turn"
    latest = next(reversed(lives.values()), None)
    if rule.single and latest is not None and not latest.closed:
        yield f"{rule.name}.single", f"{shown} is opened before the last one was closed"


def _fits(name: str, fits: _Fits, life: _Life, data: JsonObject) -> Iterator[Breach]:
    word, opened = get(data, fits.field), get(life.opening, fits.opened)
    wanted = fits.table.get(word) if isinstance(word, str) else None
    if wanted is not None and opened not in wanted:
        yield f"{name}.fits", f"{word} for a {name} of type {opened}"


def _compare(rule: _Rule, final: _Final, lives: _Things, data: JsonObject) -> Iterator[Breach]:
    found = get(data, final.array)
    if not isinstance(found, list):
        return
    if len(found) != len(lives):
        detail = f"{_path(final.array)} has {len(found)}, but {len(lives)} were opened"
        yield f"{rule.name}.final", detail
        return
    for one, (key, life) in zip(found, sorted(lives.items()), strict=True):
        for path, opened in final.agree:
            if isinstance(one, dict) and get(one, path) != get(life.opening, opened):
                what = f"{_path(path)} of {rule.name} {_shown(key)}"
                detail = f"{what} is not the {_path(opened)} of its opening"
                yield f"{rule.name}.final {_path(path)}", detail


def _path(steps: Steps) -> str:
    return ".".join(steps)


def _shown(key: Sequence[int]) -> str:
    return ".".join(map(str, key))


def lives_of(tables: Sequence[Mapping[str, Any]]) -> Lives:
    """Read the ``life`` tables of a ``laws.toml``."""
    return Lives(tuple(map(_rule, tables)))


def _rule(table: Mapping[str, Any]) -> _Rule:
    kinds = (table["open"], *table["within"], table["close"])
    agree: dict[str, list[tuple[Steps, Steps]]] = {}
    for line in table.get("agree", ()):
        kind, _, rest = line.partition(" ")
        agree.setdefault(kind, []).append(_pair(rest))
    key = tuple(map(steps_of, table["key"]))
    fits = _fits_of(table["fits"]) if "fits" in table else None
    looks = {kind: [*key, *(path for path, _ in agree.get(kind, ()))] for kind in kinds}
    if fits is not None:
        looks[fits.kind].append(fits.field)
    return _Rule(
        name=table["name"],
        key=key,
        open=table["open"],
        close=table["close"],
        looks={kind: tuple(paths) for kind, paths in looks.items()},
        itself=tuple(map(steps_of, table.get("itself", ()))),
        single=table.get("single", False),
        agree={kind: tuple(pairs) for kind, pairs in agree.items()},
        needs=tuple(map(_need, table.get("needs", ()))),
        fits=fits,
        final=_final_of(table["final"]) if "final" in table else None,
    )


def _fits_of(table: Mapping[str, Any]) -> _Fits:
    fitting = {
        word: [opened] if isinstance(opened, str) else opened
        for word, opened in table["table"].items()
    }
    return _Fits(table["kind"], steps_of(table["field"]), steps_of(table["opened"]), fitting)


def _final_of(table: Mapping[str, Any]) -> _Final:
    agree = tuple(map(_pair, table["agree"]))
    return _Final(table["kind"], steps_of(table["array"]), agree)


def _need(line: str) -> tuple[str, Callable[[JsonObject], bool] | None]:
    kind, *rest = line.split()
    return kind, conditions(tuple(rest)) if rest else None


def _pair(line: str) -> tuple[Steps, Steps]:
    one, _, other = line.partition("=")
    return steps_of(one.strip()), steps_of(other.strip())
