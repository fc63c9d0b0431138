"""Simulate `toolfuzz monitor` with known truth, through the evidence and the bursts that ship.

    python benchmarks/monitor.py [--quick] [--write]

Asking is simulated: each answer is an independent draw. Prints how often an endpoint that does not
change gives a false alarm in a year, beside a plain test each day, what a day costs, and after how
many days a fall is seen. `--write` keeps the figures in benchmarks/monitor.json, from which
docs/monitoring.md has its tables.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from toolfuzz.analyze.watch import USUAL, Count, Portion, WatchRule

Floats = NDArray[np.float64]
Figures = dict[str, Any]

KEPT = Path(__file__).with_name("monitor.json")
CALLS = 20
DAYS = 365
SEEDS = (1, 2, 3, 4, 5)
RATES = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
WOBBLES = (
    (0.98, 0.01, 0.0), (0.98, 0.01, 0.01), (0.95, 0.02, 0.0), (0.95, 0.02, 0.03),
    (0.9, 0.03, 0.0), (0.9, 0.03, 0.05),
)  # fmt: skip
"""Rates that are drawn anew each day, by how much they vary (standard deviation), the margin."""
MARGINS = ((0.98, 0.9, 0.01), (0.98, 0.8, 0.01), (0.95, 0.85, 0.03), (0.95, 0.75, 0.03))
"""Falls with a margin."""
FALLS = ((0.98, 0.9), (0.98, 0.8), (0.99, 0.95), (0.95, 0.85), (0.9, 0.8), (0.98, 0.5))
BEFORE = (7, 30, 180)
"""Days after the baseline's on which nothing had changed yet."""


@dataclass(frozen=True)
class Life:
    """One endpoint: the day of its alarm (the first after the baseline is 0), and its calls."""

    alarm: int | None
    days: int
    calls: int
    last: int


def lives(
    rule: WatchRule,
    rng: np.random.Generator,
    failing: Callable[[int, int], Floats],
    endpoints: int,
    days: int,
) -> list[Life]:
    """Watch endpoints until an alarm or the last day; ``failing(day, n)`` is their chance to fail.

    Day -1 is the baseline's.
    """
    baselines = rng.binomial(rule.baseline, failing(-1, endpoints))
    told = [[Portion(0.0, Count(int(failed), rule.baseline))] for failed in baselines]
    alive = np.arange(endpoints)
    alarms: dict[int, int] = {}
    for day in range(days):
        chance = np.zeros(endpoints)
        chance[alive] = failing(day, len(alive))
        asking, block = alive, np.full(len(alive), CALLS)
        while asking.size:
            more = []
            for n, came, asked in zip(
                asking, rng.binomial(block, chance[asking]), block, strict=True
            ):
                _take(told[n], day, Count(int(came), int(asked)))
                said = rule.evidence(told[n])
                if said.alarm:
                    alarms[int(n)] = day
                last = told[n][-1]
                more.append(rule.more(said, last.regular.judged + last.burst.judged, CALLS))
            block = np.array(more)
            asking, block = asking[block > 0], block[block > 0]
        alive = np.array([n for n in alive if n not in alarms], dtype=int)
        if not alive.size:
            break
    return [_life(told[n][1:], alarms.get(n)) for n in range(endpoints)]


def _take(told: list[Portion], day: int, came: Count) -> None:
    """Note what came on a day: first the questions of every day, then those of bursts."""
    if len(told) == day + 1:
        told.append(Portion(86_400.0 * (day + 1), came))
        return
    last = told[-1]
    burst = Count(last.burst.failed + came.failed, last.burst.judged + came.judged)
    told[-1] = replace(last, burst=burst)


def _life(lived: Sequence[Portion], alarm: int | None) -> Life:
    calls = [one.regular.judged + one.burst.judged for one in lived]
    return Life(alarm, len(calls), sum(calls), calls[-1])


def steady(rate: float) -> Callable[[int, int], Floats]:
    return lambda day, n: np.full(n, 1 - rate)


def wobbling(rate: float, by: float, rng: np.random.Generator) -> Callable[[int, int], Floats]:
    size = rate * (1 - rate) / by**2 - 1
    return lambda day, n: rng.beta((1 - rate) * size, rate * size, n)


def fallen(rate: float, to: float, on: int) -> Callable[[int, int], Floats]:
    return lambda day, n: np.full(n, 1 - (to if day >= on else rate))


def daily_tests(rate: float, rng: np.random.Generator, endpoints: int) -> float:
    """Return the share of years with an alarm from a 5% test each day, the true rate known."""
    enough = next(k for k in range(CALLS + 2) if binom.sf(k - 1, CALLS, 1 - rate) <= 0.05)
    failed = rng.binomial(CALLS, 1 - rate, (endpoints, DAYS))
    return float((failed >= enough).any(axis=1).mean())


def quiet_row(
    rate: float, seeds: Sequence[int], endpoints: int, wobble: float = 0, margin: float = 0
) -> Figures:
    """Return what a year of endpoints comes to that don't change."""
    found: list[Life] = []
    naive: list[float] = []
    for seed in seeds:
        rng = np.random.default_rng([seed, round(1000 * rate), round(1000 * wobble)])
        failing = wobbling(rate, wobble, rng) if wobble else steady(rate)
        found += lives(replace(USUAL, margin=margin), rng, failing, endpoints, DAYS)
        naive.append(daily_tests(rate, rng, 10 * endpoints))
    return {
        "rate": rate,
        "wobble": wobble,
        "margin": margin,
        "years": len(found),
        "alarms": sum(one.alarm is not None for one in found),
        "calls_a_day": round(sum(one.calls for one in found) / sum(one.days for one in found), 2),
        "daily_test": round(float(np.mean(naive)), 3),
    }


def fall_row(
    rate: float, to: float, on: int, seeds: Sequence[int], endpoints: int, margin: float = 0
) -> Figures:
    """Return after how many days a fall is seen (1: on the day that it came)."""
    found: list[Life] = []
    for seed in seeds:
        rng = np.random.default_rng([seed, round(1000 * rate), round(1000 * to), on])
        rule = replace(USUAL, margin=margin)
        found += lives(rule, rng, fallen(rate, to, on), endpoints, on + 60)
    waited = [
        one.alarm - on + 1 if one.alarm is not None else np.inf
        for one in found
        if one.alarm is None or one.alarm >= on
    ]
    spent = [one.last for one in found if one.alarm is not None]
    middle, most = np.quantile(waited, (0.5, 0.9), method="higher")
    return {
        "rate": rate,
        "to": to,
        "after": on,
        "margin": margin,
        "endpoints": len(found),
        "median": _days(middle),
        "ninety": _days(most),
        "calls_that_day": float(np.median(spent)) if spent else None,
    }


def _days(days: float) -> int | None:
    return int(days) if np.isfinite(days) else None


def measure(endpoints: int) -> Figures:
    """Measure everything, with so many endpoints for each seed."""
    return {
        "rule": {name: _plain(value) for name, value in asdict(USUAL).items()},
        "calls": CALLS,
        "seeds": list(SEEDS),
        "quiet": [_said(quiet_row(rate, SEEDS, endpoints)) for rate in RATES],
        "wobbling": [_said(quiet_row(r, SEEDS, endpoints, by, m)) for r, by, m in WOBBLES],
        "falls": [
            _said(fall_row(rate, to, on, SEEDS, endpoints // 2))
            for rate, to in FALLS
            for on in BEFORE
        ]
        + [_said(fall_row(r, to, 30, SEEDS, endpoints // 2, m)) for r, to, m in MARGINS],
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _said(row: Figures) -> Figures:
    print(row, file=sys.stderr, flush=True)
    return row


def tables(figures: Figures) -> Iterator[str]:
    """Yield the tables of docs/monitoring.md, a line each."""
    yield "| true rate | false alarms | calls a day | a 5% test each day |"
    yield "|---|---|---|---|"
    for row in figures["quiet"]:
        yield _quiet(f"{row['rate']:.0%}", row)
    for row in figures["wobbling"]:
        name = f"{row['rate']:.0%} ± {100 * row['wobble']:.0f} points from day to day"
        yield _quiet(name + _margin(row), row)
    yield ""
    yield "| fall | after days | seen in (median) | nine of ten in | calls on that day (median) |"
    yield "|---|---|---|---|---|"
    for row in figures["falls"]:
        fall = f"{row['rate']:.0%} → {row['to']:.0%}{_margin(row)}"
        waits = f"{_in(row['median'])} | {_in(row['ninety'])}"
        yield f"| {fall} | {row['after']} | {waits} | {row['calls_that_day']:.0f} |"


def _quiet(name: str, row: Figures) -> str:
    return (
        f"| {name} | {row['alarms']} of {row['years']:,} years | {row['calls_a_day']:.1f} | "
        f"{row['daily_test']:.0%} of years |"
    )


def _margin(row: Figures) -> str:
    return f", `--margin {row['margin']:g}`" if row["margin"] else ""


def _in(days: int | None) -> str:
    return "more than 60 days" if days is None else f"{days} day{'s' if days > 1 else ''}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the endpoints")
    parser.add_argument("--write", action="store_true", help="keep the figures")
    options = parser.parse_args()
    begun = time.perf_counter()
    figures = measure(20 if options.quick else 200)
    if options.write:
        KEPT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print("\n".join(tables(figures)))
    print(f"({time.perf_counter() - begun:.0f} s)", file=sys.stderr)


if __name__ == "__main__":
    main()
