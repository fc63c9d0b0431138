"""Numbers and strings within bounds: often the bounds and odd values, else plain ones."""

import math
import re
from collections.abc import Sequence
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
    step = _integer_step(facts.multiples)
    if step is None:
        return None
    lows = [math.ceil(b) for b in (facts.low,) if b is not None]
    lows += [math.floor(b) + 1 for b in (facts.above,) if b is not None]
    highs = [math.floor(b) for b in (facts.high,) if b is not None]
    highs += [math.ceil(b) - 1 for b in (facts.below,) if b is not None]
    low = -(-max(lows) // step) if lows else None
    high = min(highs) // step if highs else None
    if low is not None and high is not None and low > high:
        return None
    bounds = [bound for bound in (low, high) if bound is not None]
    start = low if low is not None else (min(0, high) if high is not None else 0)
    stop = high if high is not None else max(start, 0) + 1000
    chance = random.random()
    if bounds and chance < 0.35:
        return step * random.choice(bounds)
    if chance < 0.6:
        odd = step * (random.choice(_INTEGERS) // step)
        if (low is None or odd >= step * low) and (high is None or odd <= step * high):
            return odd
    return step * random.randint(start, stop)


def _integer_step(multiples: Sequence[float]) -> int | None:
    """Return the least integer that all ``multipleOf`` divide, None when there is none small."""
    step = 1
    for multiple in multiples:
        numerator, denominator = float(multiple).as_integer_ratio()
        if denominator > 2**20:  # 0.1 is not a dyadic fraction; its tenfold is a whole number
            numerator, denominator = round(multiple * 10**9), 10**9
        step = math.lcm(step, numerator // math.gcd(numerator, denominator))
    return step if 0 < step < 2**63 else None


def number(facts: Facts, random: Random) -> float | int | None:
    """Return a number within the bounds (whole ones come as integers too), None if none fits."""
    if facts.multiples:
        return _multiple(facts, random)
    if random.random() < 0.3 and (whole := integer(facts, random)) is not None:
        return whole
    low = max((b for b in (facts.low, facts.above) if b is not None), default=None)
    high = min((b for b in (facts.high, facts.below) if b is not None), default=None)
    for _ in range(_TRIES):
        drawn = _between(low, high, random)
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
    """Return k times the first ``multipleOf``, as jsonschema will divide it."""
    unit = facts.multiples[0]
    low = max((b for b in (facts.low, facts.above) if b is not None), default=0)
    high = min((b for b in (facts.high, facts.below) if b is not None), default=low + 1000 * unit)
    first, last = math.ceil(low / unit), math.floor(high / unit)
    for _ in range(_TRIES if first <= last else 0):
        factor = random.choice((first, last, random.randint(first, last)))
        drawn = factor * unit if isinstance(unit, int) else round(factor * unit, 10)
        if _within(facts, drawn) and all(_divides(m, drawn) for m in facts.multiples):
            return drawn
    return integer(facts, random)


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
            text = sample(random.choice(facts.patterns), random, reach)
        if fits(text):
            return text
    return None


def _sized(length: int, random: Random) -> str:
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789-_ ", k=length))


def _clip(text: str, low: int, high: float, random: Random) -> str:
    if len(text) < low:
        text += _sized(low - len(text), random)
    return text if len(text) <= high else text[: int(high)]
