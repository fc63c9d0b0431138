"""What a monitor has seen, as a page: the series of success rates and of evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from markupsafe import Markup

from toolfuzz.analyze.rates import wilson
from toolfuzz.core.case import JsonObject
from toolfuzz.core.text import day, shortly
from toolfuzz.report.html.templating import asset, environment, policy
from toolfuzz.report.portions import defect_words, evidence_words, failed_of, judged_of, title
from toolfuzz.report.words import named

__all__ = ["render_monitor"]

_ROWS = 400
_WIDTH, _HEIGHT = 960.0, 150.0
_LEFT = 46.0
_LOWEST, _ABOVE = -3.0, 1.5
"""The evidence, as a power of ten, at which its axis begins, and how far it goes above an alarm."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle in a chart; ``words`` are its tooltip."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at a place of an axis."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over the time of the portions."""

    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    times: tuple[Tick, ...]
    width: float = _WIDTH
    height: float = _HEIGHT


def render_monitor(result: JsonObject) -> str:
    """Return what ``monitor.json`` holds as an HTML page."""
    style, script = asset("style.css") + asset("monitor.css"), asset("script.js")
    portions = result["portions"]
    return environment().get_template("monitor.html.j2").render(
        title=title(result["outcome"], shortly(result["target"])),
        result=result,
        reality=result["nature"]["label"],
        name=named(result, shortly(result["target"])),
        rates=_rates(portions, result["bound"]),
        evidence=_evidence(portions, result),
        defects=_defects(result),
        rows=[_row(one) for one in reversed(portions[-_ROWS:])],
        left_out=max(len(portions) - _ROWS, 0),
        style=Markup(style),
        script=Markup(script),
        policy=policy(style, script),
    )  # fmt: skip


def _row(one: JsonObject) -> JsonObject:
    judged, failed = judged_of(one), failed_of(one)
    return {
        **one,
        "when": day(one["started"]),
        "rate": (judged - failed) / judged if judged else None,
        "failed": failed,
        "burst": one["burst_judged"],
        "evidence": evidence_words(one),
        "what": defect_words(one["defects"], 4),
        "why": defect_words(one["reasons"], 2),
    }


def _places(portions: Sequence[JsonObject]) -> tuple[list[float], float]:
    """Return where each portion begins in a chart, by its time, and how wide it may be."""
    times = [one["started"] for one in portions]
    room = _WIDTH - _LEFT
    width = min(max(0.7 * room / len(times), 1.5), 14.0)
    span = (times[-1] - times[0]) or 1.0
    return [_LEFT + (room - width) * (t - times[0]) / span for t in times], width


def _rates(portions: Sequence[JsonObject], bound: float | None) -> Chart:
    """Draw the share of passes of each portion with its 95% interval."""
    places, width = _places(portions)
    lows = [wilson(judged_of(p) - failed_of(p), judged_of(p))[0] for p in portions if judged_of(p)]
    lowest = min(floor(10 * min(lows, default=0.0)) / 10, 0.9)

    def height(rate: float) -> float:
        return _HEIGHT * (1 - (rate - lowest) / (1 - lowest))

    marks = []
    for place, one in zip(places, portions, strict=True):
        judged, passed = judged_of(one), judged_of(one) - failed_of(one)
        words = f"{day(one['started'])}: {passed} of {judged} passed"
        if not judged:
            marks.append(Mark(place, 0, width, _HEIGHT, "gone", f"{words}, an outage"))
            continue
        low, high = wilson(passed, judged)
        kind = "range usual" if one["log10"] is None else "range"
        marks.append(Mark(place, height(high), width, height(low) - height(high), kind, words))
        marks.append(Mark(place, height(passed / judged) - 1.5, width, 3, "point", words))
    if bound is not None and 1 - bound > lowest:
        marks.append(_line(height(1 - bound), "limit", "what the baseline vouches for"))
    steps = [lowest, (1 + lowest) / 2, 1.0]
    ticks = tuple(Tick(height(rate), f"{rate:.0%}") for rate in steps)
    return Chart(tuple(marks), ticks, _times(portions))


def _evidence(portions: Sequence[JsonObject], result: JsonObject) -> Chart:
    """Draw the evidence at the end of each portion against the level of an alarm."""
    places, width = _places(portions)
    alarm = len(f"{result['alarm_at']:.0f}") - 1
    top = alarm + _ABOVE

    def height(power: float) -> float:
        return _HEIGHT * (1 - (min(max(power, _LOWEST), top) - _LOWEST) / (top - _LOWEST))

    from math import log10

    level = height(log10(result["alarm_at"]))
    marks = []
    for place, one in zip(places, portions, strict=True):
        words = f"{day(one['started'])}: {evidence_words(one)}"
        if one["log10"] is None:
            marks.append(Mark(place, _HEIGHT - 3, width, 3, "range usual", words))
            continue
        y = height(one["log10"])
        kind = "alarm" if y <= level else "bin"
        marks.append(Mark(place, y, width, max(_HEIGHT - y, 1.0), kind, words))
    marks.append(_line(level, "limit", "alarm"))
    ticks = [Tick(height(p), _power(p)) for p in range(int(_LOWEST) + 1, alarm, 2)]
    return Chart(tuple(marks), (*ticks, Tick(level, "alarm")), _times(portions))


def _power(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"


def _line(y: float, kind: str, words: str) -> Mark:
    return Mark(_LEFT, y - 0.75, _WIDTH - _LEFT, 1.5, kind, words)


def _times(portions: Sequence[JsonObject]) -> tuple[Tick, ...]:
    first, last = portions[0]["started"], portions[-1]["started"]
    ticks = [Tick(_LEFT, day(first)[:10])]
    return tuple(
        ticks if day(first)[:10] == day(last)[:10] else [*ticks, Tick(_WIDTH, day(last)[:10])]
    )


def _defects(result: JsonObject) -> JsonObject:
    """Set the defects of before and after beside each other: of the alarm, or of the baseline."""
    alarm = result["alarm"]
    before, after = (
        (alarm["before"], alarm["after"]) if alarm else (result["baseline"], result["watched"])
    )
    grown = {one["slug"] for one in alarm["grown"]} if alarm else set()
    slugs = sorted({*before["defects"], *after["defects"]} - grown)
    named_first = [one["slug"] for one in alarm["grown"]] if alarm else []
    return {
        "before": before,
        "after": after,
        "rows": [
            {
                "slug": slug,
                "grown": slug in grown,
                "before": before["defects"].get(slug, 0),
                "after": after["defects"].get(slug, 0),
            }
            for slug in (*named_first, *slugs)
        ],
    }
