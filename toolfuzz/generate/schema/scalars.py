"""Numbers and strings within bounds: often the bounds and odd values, else plain ones."""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import cycle, islice

from toolfuzz.core.patterns import search
from toolfuzz.generate.anything import a_text
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.schema.facts import Facts
from toolfuzz.generate.schema.formats import FORMATS
from toolfuzz.generate.schema.regex import parse, sample
from toolfuzz.generate.values import (
    AMOUNTS,
    BIG_INTEGERS,
    CANARIES,
    COUNTS,
    ODD_NUMBERS,
    WORDS,
)

__all__ = ["integer", "number", "string"]

_INTEGERS = (*COUNTS, 120000, 2**31 - 1, *BIG_INTEGERS)
_NUMBERS = (*AMOUNTS, *ODD_NUMBERS)
_CANARIES = tuple(text for kind, texts in CANARIES.items() if kind != "long" for text in texts)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-_ "
_LONGEST = 100_000
_SHORT = 20
_TRIES = 80


def integer(facts: Facts, pick: Pick) -> int | None:
    """Return an integer within the bounds, None when there is none."""
    step = _step(facts.multiples, start=Fraction(1))
    if step is None:
        return None
    unit = step.numerator  # a common multiple of 1 is whole
    first, last = _factors(facts, Fraction(unit))
    if first is not None and last is not None and first > last:
        return None
    bounds = [bound for bound in (first, last) if bound is not None]
    if bounds and pick.chance(35):
        return unit * pick.of(bounds)
    if pick.chance(35):
        odd = pick.of(_INTEGERS) // unit
        if (first is None or odd >= first) and (last is None or odd <= last):
            return unit * odd
    return unit * pick.within(*_window(first, last))


def _step(multiples: Sequence[float], start: Fraction | None = None) -> Fraction | None:
    """Return the least common multiple, reading 0.1 as a tenth; None when one is not finite."""
    step = start
    for multiple in multiples:
        if multiple == math.inf:
            return None
        other = Fraction(repr(multiple))
        if step is not None:
            numerator = math.lcm(step.numerator, other.numerator)
            other = Fraction(numerator, math.gcd(step.denominator, other.denominator))
        step = other
    return step


def _factors(facts: Facts, unit: Fraction) -> tuple[int | None, int | None]:
    """Return the least and the greatest k for which k times the unit is within the bounds."""
    lows = [] if facts.low is None else [math.ceil(Fraction(facts.low) / unit)]
    lows += [] if facts.above is None else [math.floor(Fraction(facts.above) / unit) + 1]
    highs = [] if facts.high is None else [math.floor(Fraction(facts.high) / unit)]
    highs += [] if facts.below is None else [math.ceil(Fraction(facts.below) / unit) - 1]
    return max(lows, default=None), min(highs, default=None)


def _window(first: int | None, last: int | None) -> tuple[int, int]:
    """Close a range that is open on a side, from 0 or a thousand wide."""
    if first is None:
        first = 0 if last is None or last > 0 else last - 1000
    return first, max(first, 0) + 1000 if last is None else last


def number(facts: Facts, pick: Pick) -> float | int | None:
    """Return a number within the bounds (whole ones come as integers too), None if none fits."""
    if facts.multiples:
        return _multiple(facts, pick)
    if pick.chance(30) and (whole := integer(facts, pick)) is not None:
        return whole
    low = max((b for b in (facts.low, facts.above) if b is not None), default=None)
    high = min((b for b in (facts.high, facts.below) if b is not None), default=None)
    for _ in range(_TRIES):
        try:
            drawn = _between(low, high, pick)
        except OverflowError:  # bounds beyond what a double holds
            return integer(facts, pick)
        if _within(facts, drawn):
            return drawn
    return None


def _between(low: float | None, high: float | None, pick: Pick) -> float | int:
    bounds = [bound for bound in (low, high) if bound is not None]
    if bounds and pick.chance(30):
        return pick.of(bounds)
    if pick.chance(35):
        return pick.of(_NUMBERS)
    start = low if low is not None else (high - 1000 if high is not None else 0.0)
    stop = high if high is not None else start + 1000
    parts = pick.of((10, 100, 1000, 2**53))
    drawn = start + (stop - start) * (pick.below(parts + 1) / parts)
    return drawn if parts > 1000 else round(drawn, 3)


def _multiple(facts: Facts, pick: Pick) -> float | int | None:
    """Return a multiple that jsonschema's division finds to be one."""
    step = _step(facts.multiples)
    if step is None:
        return None
    first, last = _factors(facts, step)
    start, stop = _window(first, last)
    for _ in range(_TRIES if start <= stop else 0):
        exact = step * pick.of((start, stop, pick.within(start, stop)))
        drawn = exact.numerator if exact.denominator == 1 else float(exact)
        if _within(facts, drawn) and all(_divides(m, drawn) for m in facts.multiples):
            return drawn
    return None


def _divides(multiple: float, value: float) -> bool:
    quotient = value / multiple
    return math.isfinite(quotient) and int(quotient) == quotient


def _within(facts: Facts, value: float) -> bool:
    return (
        (facts.low is None or value >= facts.low)
        and (facts.high is None or value <= facts.high)
        and (facts.above is None or value > facts.above)
        and (facts.below is None or value < facts.below)
    )


def string(facts: Facts, pick: Pick) -> str | None:
    """Return a string that fits length, pattern and format, None when none was found."""
    low, high = facts.min_length, facts.max_length
    if low > _LONGEST:
        return None
    if facts.patterns:
        return _matching(facts, pick)
    for name in facts.formats:
        if name in FORMATS:
            texts = (FORMATS[name](pick) for _ in range(_TRIES))
            return next((text for text in texts if low <= len(text) <= high), None)
    if pick.chance(20):
        return _sized(int(min(high, max(low, 64))) if pick.chance(50) else low, pick)
    if pick.chance(56):
        canary = pick.of(CANARIES["long"]) if pick.chance(1) else a_text(pick, _CANARIES)
        if low <= len(canary) <= high:
            return canary
    return _clip(a_text(pick, WORDS), low, high, pick)


def _matching(facts: Facts, pick: Pick) -> str | None:
    low, high = facts.min_length, facts.max_length

    patterns = tuple(facts.patterns)
    canaries = [text for text in _fitting(patterns) if low <= len(text) <= high]
    if pick.chance(20) and canaries:
        return pick.of(canaries)
    named = [FORMATS[name] for name in facts.formats if name in FORMATS]
    for attempt in range(_TRIES):
        if named and attempt < 10:
            text = named[0](pick)
        else:
            reach = pick.of((0, 1, 3, 8, max(8, min(low, 2000))))
            text = _surrounded(pick.of(facts.patterns), pick, reach)
        if low <= len(text) <= high and _fits(patterns, text):
            return text
    return None


@lru_cache(maxsize=512)
def _fitting(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the canaries that match; only those in which no search can take long are tried."""
    return tuple(text for text in _CANARIES if len(text) <= _SHORT and _fits(patterns, text))


def _fits(patterns: tuple[str, ...], text: str) -> bool:
    return not text.endswith("\n") and all(search(pattern, text) for pattern in patterns)


def _surrounded(pattern: str, pick: Pick, reach: int) -> str:
    """Sample a match; where the pattern is not anchored, words may stand around it.

    Of a pattern in a dialect that Python doesn't parse, any word may be a match.
    """
    if parse(pattern) is None:
        return a_text(pick, WORDS)
    text = sample(pattern, pick, reach)
    if not pattern.startswith("^") and pick.chance(30):
        text = f"{pick.of(WORDS)} {text}"
    if not pattern.endswith("$") and pick.chance(30):
        text = f"{text} {pick.of(WORDS)}"
    return text


def _sized(length: int, pick: Pick) -> str:
    """Return a text of that length from a place of the alphabet on, over and over."""
    start = pick.below(len(_ALPHABET))
    return "".join(islice(cycle(_ALPHABET), start, start + length))


def _clip(text: str, low: int, high: float, pick: Pick) -> str:
    if len(text) < low:
        text += _sized(low - len(text), pick)
    return text if len(text) <= high else text[: int(high)]
