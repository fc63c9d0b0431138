r"""Strings that match a regular expression, sampled from Python's own parse of it.

Classes such as ``\d`` and ``\w`` give ASCII and no string ends in a line break, so that readers of
ECMA-262 (JSON Schema's dialect) agree. Lookarounds and word boundaries are left to the final
match, which callers must make.
"""

import re
from functools import lru_cache
from itertools import cycle, islice
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from toolfuzz.generate.pick import Pick

__all__ = ["parse", "repeats_choices", "sample"]

_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_DIGITS = "0123456789"
_WORD = _DIGITS + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
_SPACE = " \t"
_CATEGORIES = {
    op.CATEGORY_DIGIT: _DIGITS,
    op.CATEGORY_WORD: _WORD,
    op.CATEGORY_SPACE: _SPACE,
    op.CATEGORY_NOT_DIGIT: "".join(c for c in _PRINTABLE if c not in _DIGITS),
    op.CATEGORY_NOT_WORD: "".join(c for c in _PRINTABLE if c not in _WORD),
    op.CATEGORY_NOT_SPACE: _PRINTABLE[1:],
}
_ANY = "".join(sorted(_PRINTABLE, key=lambda c: not c.isalnum())) + "éß漢"
_MOST_REPEATS = 2000
_MOST_DRAWN = 40
"""Later repeats of one part repeat what was drawn for the first ones."""


def sample(pattern: str, pick: Pick, reach: int = 4) -> str:
    """Return a string that most likely matches; ``reach`` is how far open repeats may go."""
    return _Sampler(pick, reach).all(parse(pattern) or ())


@lru_cache(maxsize=1024)
def parse(pattern: str) -> list[Any] | None:
    """Return Python's own parse of the pattern; None when Python can't read it."""
    try:
        return list(_parser.parse(pattern))
    except (re.error, OverflowError, RecursionError):
        return None


def repeats_choices(nodes: Any, *, inside: bool = False) -> bool:
    """Whether the parse repeats something of variable length or with a choice."""
    for kind, value in nodes:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            least, most, body = value
            if inside and most != least:
                return True
            if repeats_choices(body, inside=inside or most > 1):
                return True
        elif kind is op.BRANCH:
            if inside or any(repeats_choices(branch, inside=inside) for branch in value[1]):
                return True
        elif kind is op.SUBPATTERN:
            if repeats_choices(value[3], inside=inside):
                return True
        elif kind in (op.ASSERT, op.ASSERT_NOT) and repeats_choices(value[1], inside=inside):
            return True
    return False


@lru_cache(maxsize=2048)
def _choices(members: tuple[Any, ...]) -> str:
    """Return the characters of a class; a negated one draws from printable ASCII."""
    negated = members[0][0] is op.NEGATE
    found: set[str] = set()
    for kind, value in members[1:] if negated else members:
        if kind is op.LITERAL:
            found.add(chr(value))
        elif kind is op.RANGE:
            low, high = value
            found.update(map(chr, range(low, min(high, low + 500) + 1)))
        elif kind is op.CATEGORY:
            found.update(_CATEGORIES[value])
    if negated:
        found = set(_ANY) - found
    sane = sorted(c for c in found if c.isprintable() or c == "\t") or sorted(found)
    return "".join(sane)


class _Sampler:
    """One sample: its groups are the state that backreferences need."""

    def __init__(self, pick: Pick, reach: int) -> None:
        self.pick = pick
        self.reach = reach
        self.groups: dict[int, str] = {}

    def all(self, nodes: Any) -> str:
        return "".join(self.one(kind, value) for kind, value in nodes)

    def one(self, kind: Any, value: Any) -> str:
        if kind is op.LITERAL:
            return chr(value)
        if kind is op.NOT_LITERAL:
            return self.pick.of(_choices(((op.NEGATE, None), (op.LITERAL, value))))
        if kind is op.ANY:
            return self.pick.of(_ANY)
        if kind is op.IN:
            return self.pick.of(_choices(tuple(value)) or "\ufffd")
        if kind is op.BRANCH:
            return self.all(self.pick.of(value[1]))
        if kind is op.SUBPATTERN:
            group, _, _, nodes = value
            text = self.all(nodes)
            if group is not None:
                self.groups[group] = text
            return text
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self._repeat(*value)
        if kind is op.ATOMIC_GROUP:
            return self.all(value)
        if kind is op.GROUPREF:
            return self.groups.get(value, "")
        if kind is op.GROUPREF_EXISTS:
            group, yes, no = value
            return self.all(yes if group in self.groups else no or ())
        return ""

    def _repeat(self, least: int, most: int, nodes: Any) -> str:
        most = min(int(most), least + self.reach, max(least, _MOST_REPEATS))
        reach, self.reach = self.reach, self.reach // 2  # repeats in repeats would multiply
        count = self.pick.within(least, most)
        drawn = [self.all(nodes) for _ in range(min(count, _MOST_DRAWN))]
        self.reach = reach
        return "".join(islice(cycle(drawn), count))
