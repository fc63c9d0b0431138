"""How long answers took, as histograms on one axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isnan, log10

from toolfuzz.report.html.models import Model

__all__ = ["Axis", "Bar", "axis", "bars"]

_BINS = 48


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis over all times; ``ticks`` are (position in percent, label)."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def place(self, ms: float) -> float:
        """Return where a time stands, in percent of the width."""
        share = (log10(ms) - self.low) / (self.high - self.low)
        return 100 * min(max(share, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin: start, width and height in percent."""

    start: float
    width: float
    height: float


def axis(models: Sequence[Model]) -> Axis | None:
    """Return an axis from the fastest to the slowest judged answer of all models."""
    times = [ms for model in models for ms in _times(model)]
    if not times:
        return None
    low, high = log10(min(times)), log10(max(times))
    # Less than a factor of two would make noise look like a distribution.
    middle, half = (low + high) / 2, max((high - low) / 2, log10(2) / 2)
    scale = Axis(middle - half, middle + half, ())
    steps = [m * 10.0**e for e in range(floor(scale.low), ceil(scale.high) + 1) for m in (1, 2, 5)]
    ticks = [t for t in steps if scale.low <= log10(t) <= scale.high]
    return Axis(scale.low, scale.high, tuple((scale.place(t), _label(t)) for t in ticks))


def bars(model: Model, scale: Axis) -> list[Bar]:
    """Return the model's histogram, its tallest bin 100 percent high."""
    counts = [0] * _BINS
    for ms in _times(model):
        counts[min(int(scale.place(ms) / 100 * _BINS), _BINS - 1)] += 1
    tallest = max(counts, default=0)
    width = 100 / _BINS
    return [Bar(n * width, width, 100 * c / tallest) for n, c in enumerate(counts) if c]


def _times(model: Model) -> list[float]:
    judged = model.run.of(model.target.name).judged
    return [max(ms, 0.1) for ms in judged.pick(judged.questions.latency) if not isnan(ms)]


def _label(ms: float) -> str:
    return f"{ms:g} ms" if ms < 1000 else f"{ms / 1000:g} s"
