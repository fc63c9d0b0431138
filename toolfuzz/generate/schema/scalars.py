"""Numbers and strings within bounds: often the bounds and odd values, else plain ones."""

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from random import Random

from toolfuzz.generate.schema.facts import Facts
from toolfuzz.generate.schema.formats import FORMATS
from toolfuzz.generate.schema.regex import sample
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
_LONGEST = 100_000
_TRIES = 80
# A canary is only tried against a pattern when it is so short that no pattern can take long on it.
_SHORT = 20


def integer(facts: Facts, random: Random) -> int | None:
    """Return an integer within the bounds, None when there is none."""
    step = _step(facts.multiples, start=Fraction(1))
    if step is None:
        return None
    unit = step.numerator  # a common multiple of 1 is whole
    first, last = _factors(facts, Fraction(unit))
    if first is not None and last is not None and first > last:
        return None
    bounds = [bound for bound in (first, last) if bound is not None]
    chance = random.random()
    if bounds and chance < 0.35:
        return unit * random.choice(bounds)
    if chance < 0.6:
        odd = random.choice(_INTEGERS) // unit
        if (first is None or odd >= first) and (last is None or odd <= last):
            return unit * odd
    return unit * random.randint(*_window(first, last))


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


def number(facts: Facts, random: Random) -> float | int | None:
    """Return a number within the bounds (whole ones come as integers too), None if none fits."""
    if facts.multiples:
        return _multiple(facts, random)
    if random.random() < 0.3 and (whole := integer(facts, random)) is not None:
        return whole
    low = max((b for b in (facts.low, facts.above) if b is not None), default=None)
    high = min((b for b in (facts.high, facts.below) if b is not None), default=None)
    for _ in range(_TRIES):
        try:
            drawn = _between(low, high, random)
        except OverflowError:  # bounds beyond what a double holds
            return integer(facts, random)
        if _within(facts, drawn):
            return drawn
    return None


def _between(low: float | None, high: float | None, random: Random) -> float | int:
    bounds = [bound for bound in (low, high) if bound is not None]
    chance = random.random()
    if bounds and chance < 0.3:
        return random.choice(bounds)
    if chance < 0.55:
        return random.choice(_NUMBERS)
    start = low if low is not None else (high - 1000 if high is not None else 0.0)
    drawn = random.uniform(start, high if high is not None else start + 1000)
    return round(drawn, random.choice((1, 2, 3))) if chance < 0.9 else drawn


def _multiple(facts: Facts, random: Random) -> float | int | None:
    """Return a multiple that jsonschema's division finds to be one."""
    step = _step(facts.multiples)
    if step is None:
        return None
    first, last = _factors(facts, step)
    start, stop = _window(first, last)
    for _ in range(_TRIES if start <= stop else 0):
        exact = step * random.choice((start, stop, random.randint(start, stop)))
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


def string(facts: Facts, random: Random) -> str | None:
    """Return a string that fits length, pattern and format, None when none was found."""
    low, high = facts.min_length, facts.max_length
    if low > _LONGEST:
        return None
    if facts.patterns:
        return _matching(facts, random)
    for name in facts.formats:
        if name in FORMATS:
            texts = (FORMATS[name](random) for _ in range(_TRIES))
            return next((text for text in texts if low <= len(text) <= high), None)
    chance = random.random()
    if chance < 0.2:
        return _sized(low if random.random() < 0.5 else int(min(high, max(low, 64))), random)
    if chance < 0.65:
        canary = random.choice(CANARIES["long"] if chance < 0.202 else _CANARIES)
        if low <= len(canary) <= high:
            return canary
    return _clip(random.choice(WORDS), low, high, random)


def _matching(facts: Facts, random: Random) -> str | None:
    searches = [re.compile(pattern).search for pattern in facts.patterns]
    low, high = facts.min_length, facts.max_length

    def fits(text: str) -> bool:
        return (
            low <= len(text) <= high and not text.endswith("\n") and all(s(text) for s in searches)
        )

    if random.random() < 0.2:
        canary = random.choice(_CANARIES)
        if len(canary) <= _SHORT and fits(canary):
            return canary
    named = [FORMATS[name] for name in facts.formats if name in FORMATS]
    for attempt in range(_TRIES):
        if named and attempt < 10:
            text = named[0](random)
        else:
            reach = random.choice((0, 1, 3, 8, max(8, min(low, 2000))))
            text = _surrounded(random.choice(facts.patterns), random, reach)
        if fits(text):
            return text
    return None


def _surrounded(pattern: str, random: Random, reach: int) -> str:
    """Sample a match; where the pattern is not anchored, words may stand around it."""
    text = sample(pattern, random, reach)
    if not pattern.startswith("^") and random.random() < 0.3:
        text = f"{random.choice(WORDS)} {text}"
    if not pattern.endswith("$") and random.random() < 0.3:
        text = f"{text} {random.choice(WORDS)}"
    return text


def _sized(length: int, random: Random) -> str:
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789-_ ", k=length))


def _clip(text: str, low: int, high: float, random: Random) -> str:
    if len(text) < low:
        text += _sized(low - len(text), random)
    return text if len(text) <= high else text[: int(high)]
