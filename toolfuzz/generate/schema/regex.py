r"""Strings that match a regular expression, sampled from Python's own parse of it.

Classes such as ``\d`` and ``\w`` give ASCII and no string ends in a line break, so that readers of
ECMA-262 (JSON Schema's dialect) agree. Lookarounds and word boundaries are left to the final
match, which callers must make.
"""

from functools import lru_cache
from random import Random
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

__all__ = ["sample"]

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
_ANY = _PRINTABLE + "éß漢"
_MOST_REPEATS = 2000


def sample(pattern: str, random: Random, reach: int = 4) -> str:
    """Return a string that most likely matches; ``reach`` is how far open repeats may go."""
    return _Sampler(random, reach).all(_parse(pattern))


@lru_cache(maxsize=512)
def _parse(pattern: str) -> list[Any]:
    return list(_parser.parse(pattern))


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

    def __init__(self, random: Random, reach: int) -> None:
        self.random = random
        self.reach = reach
        self.groups: dict[int, str] = {}

    def all(self, nodes: Any) -> str:
        return "".join(self.one(kind, value) for kind, value in nodes)

    def one(self, kind: Any, value: Any) -> str:
        if kind is op.LITERAL:
            return chr(value)
        if kind is op.NOT_LITERAL:
            return self.random.choice(_choices(((op.NEGATE, None), (op.LITERAL, value))))
        if kind is op.ANY:
            return self.random.choice(_ANY)
        if kind is op.IN:
            return self.random.choice(_choices(tuple(value)) or "\ufffd")
        if kind is op.BRANCH:
            return self.all(self.random.choice(value[1]))
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
        text = "".join(self.all(nodes) for _ in range(self.random.randint(least, most)))
        self.reach = reach
        return text
