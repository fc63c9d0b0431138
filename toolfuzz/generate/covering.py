"""Covering arrays over features that are on or off, with rules between them.

Greedy, one row at a time (after AETG, Cohen et al. 1997, doi:10.1109/32.605761). Rules are
implications between two features, so unit propagation decides exactly what can go together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

from toolfuzz.generate.pick import Pick, words

__all__ = ["Combination", "Rule", "combinations_of", "covering_rows", "drawn_row", "random_row"]

_CANDIDATES = 24

Combination = tuple[tuple[str, bool], ...]
"""Some features, each on or off."""
_Consequences = Mapping[tuple[str, bool], tuple[tuple[str, bool], ...]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Where ``feature`` is on, ``other`` has to be ``state``."""

    feature: str
    other: str
    state: bool


@cache
def covering_rows(
    features: tuple[str, ...], rules: tuple[Rule, ...], strength: int, seed: int
) -> tuple[tuple[str, ...], ...]:
    """Return rows (what is on, never nothing) that hold every combination some such row can."""
    pick = Pick(words("cover", seed, features))
    wanted = combinations_of(features, rules, strength)
    follows = _consequences(rules)
    bits = {combination: 1 << n for n, combination in enumerate(wanted)}
    open_bits = (1 << len(wanted)) - 1
    rows: list[tuple[str, ...]] = []
    while open_bits:
        lowest = (open_bits & -open_bits).bit_length() - 1
        best: tuple[str, ...] = ()
        best_held = 1 << lowest
        for _ in range(_CANDIDATES):
            row = _not_empty(dict(wanted[lowest]), features, follows, pick)
            if row is None:
                break
            held = _held(row, features, strength, bits) & open_bits
            if not best or held.bit_count() > best_held.bit_count():
                best, best_held = tuple(name for name in features if row[name]), held
        open_bits &= ~best_held
        if best:
            rows.append(best)
    return tuple(pick.shuffled(rows))


def random_row(
    features: tuple[str, ...], rules: tuple[Rule, ...], seed: int, n: int
) -> tuple[str, ...]:
    """Return the n-th row of coin tosses that keep the rules; never an empty one."""
    pick = Pick(words("row", seed, features, n))
    row = _not_empty({}, features, _consequences(rules), pick) or {}
    return tuple(name for name in features if row.get(name))


def drawn_row(pick: Pick, features: Sequence[str], rules: tuple[Rule, ...]) -> Iterator[str]:
    """Return features that may go together; every row can come, and none at all is the simplest.

    How many is drawn at once, each of them only when it is asked for: what its reader draws for
    it then stands beside it. What a feature implies is not in the row for that alone.
    """
    count = pick.below(pick.of((2, 4, len(features))) + 1)
    return _drawn_features(pick, features, _consequences(rules), count)


def _drawn_features(
    pick: Pick, features: Sequence[str], follows: _Consequences, count: int
) -> Iterator[str]:
    row: dict[str, bool] = {}
    yielded: set[str] = set()
    for _ in range(count):
        name = pick.of(features)
        closed = _closure([(name, True)], follows, row)
        if closed is not None and name not in yielded:
            row = closed
            yielded.add(name)
            yield name


@cache
def combinations_of(
    features: tuple[str, ...], rules: tuple[Rule, ...], strength: int
) -> tuple[Combination, ...]:
    """Return every combination of ``strength`` features' states that a row can have.

    That is what the rules allow, but for rows with nothing on.
    """
    follows = _consequences(rules)
    chosen = combinations(features, min(strength, len(features)))
    pairs = (zip(c, s, strict=True) for c in chosen for s in product((True, False), repeat=len(c)))
    return tuple(c for c in map(tuple, pairs) if _is_possible(c, features, follows))


def _is_possible(
    combination: Combination, features: tuple[str, ...], follows: _Consequences
) -> bool:
    closed = _closure(combination, follows)
    return closed is not None and (
        any(closed.values())
        or any(_closure([(name, True)], follows, closed) is not None for name in features)
    )


def _held(
    row: Mapping[str, bool],
    features: Sequence[str],
    strength: int,
    bits: Mapping[Combination, int],
) -> int:
    states = [(name, row[name]) for name in features]
    return sum(bits[c] for c in combinations(states, min(strength, len(states))))


def _completed(
    fixed: dict[str, bool], features: Sequence[str], follows: _Consequences, pick: Pick
) -> dict[str, bool]:
    """Fill a feasible start up with coin tosses, in a drawn order."""
    row = _closure(fixed.items(), follows) or {}
    for name in pick.shuffled(features):
        if name in row:
            continue
        state = pick.below(2) == 1
        if (name, state) not in follows:
            row[name] = state
            continue
        added = _closure([(name, state)], follows, row)
        row = added or _closure([(name, not state)], follows, row) or row
    return row


def _not_empty(
    fixed: dict[str, bool], features: Sequence[str], follows: _Consequences, pick: Pick
) -> dict[str, bool] | None:
    """Fill a start up so that something is on; None when nothing can be."""
    row = _completed(fixed, features, follows, pick)
    if any(row.values()):
        return row
    for name in pick.shuffled(features):
        start = _closure([*fixed.items(), (name, True)], follows)
        if start is not None:
            return _completed(start, features, follows, pick)
    return None


def _closure(
    states: Iterable[tuple[str, bool]],
    follows: _Consequences,
    closed: Mapping[str, bool] | None = None,
) -> dict[str, bool] | None:
    """Return the states with all that follows from them; None when they contradict each other.

    ``closed`` is an earlier result that they are added to.
    """
    known = dict(closed or {})
    stack = list(states)
    while stack:
        name, state = step = stack.pop()
        if name not in known:
            known[name] = state
            stack += follows.get(step, ())
        elif known[name] is not state:
            return None
    return known


@cache
def _consequences(rules: tuple[Rule, ...]) -> _Consequences:
    """Return what follows from each state at once: every rule, and what it means backwards."""
    found: dict[tuple[str, bool], tuple[tuple[str, bool], ...]] = {}
    for rule in rules:
        for given, result in (
            ((rule.feature, True), (rule.other, rule.state)),
            ((rule.other, not rule.state), (rule.feature, False)),
        ):
            found[given] = (*found.get(given, ()), result)
    return found
