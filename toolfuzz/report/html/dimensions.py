"""The dimensions of a page: success of each model beside its twins, and a failed scenario each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from toolfuzz.analyze.dimension_pairs import shown
from toolfuzz.analyze.dimensions import dimensions_of
from toolfuzz.analyze.load import causes, last_of_each_turn, question
from toolfuzz.core.case import JsonObject
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.generate.dimensions import all_dimensions
from toolfuzz.report.dimensions import corrected, dimension_notes, shown_level
from toolfuzz.report.html.inert import clipped, marked
from toolfuzz.report.html.models import Model
from toolfuzz.report.turns import reply_of
from toolfuzz.worlds.play import gone_on
from toolfuzz.worlds.transcript import Line, condensed, transcript

__all__ = ["Curve", "Dimension", "Example", "Profile", "Said", "profile"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension with the figures of each model that was asked it.

    ``figures`` are (model, what stands for it, at which level, all its figures).
    """

    name: str
    title: str
    summary: str
    figures: list[tuple[Model, JsonObject, str, JsonObject]]


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a transcript as a page shows it. ``gap``: lines are left out before it."""

    who: str
    tool: str
    text: Markup
    result: Markup
    failed: bool
    wrong: tuple[Finding, ...]
    gap: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A failed scenario, line by line."""

    dimension: str
    model: Model
    verdict: Verdict
    lines: list[Said]

    @property
    def level(self) -> int:
        """How hard it was."""
        return self.verdict.scenario.level if self.verdict.scenario else 0

    @property
    def slugs(self) -> list[str]:
        """What it failed for."""
        return list(dict.fromkeys(finding.slug for finding in causes(self.verdict)))


@dataclass(frozen=True, slots=True)
class Curve:
    """How many tasks are not yet right after so many corrections, as steps of a drawing."""

    model: Model
    words: str
    points: str
    ticks: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a page says of dimensions; nothing where none was asked.

    ``adaptive``: models were asked at several levels.
    """

    dimensions: list[Dimension]
    examples: list[Example]
    notes: list[str]
    curves: list[Curve]
    adaptive: bool


def profile(models: Sequence[Model]) -> Profile:
    """Return the dimensions that any of the models was asked."""
    names = dimensions_of(model.figures for model in models)
    entries = [(model, entry) for model in models for entry in _asked(model).values()]
    return Profile(
        [_dimension(name, models) for name in names],
        [example for name in names for model in models if (example := _example(name, model))],
        dimension_notes([model.figures for model in models]),
        [_curve(model, e["interventions"]) for model, e in entries if e["interventions"]],
        any(entry["level_half"] for _, entry in entries),
    )


def _curve(model: Model, entry: JsonObject) -> Curve:
    survival = entry["survival"]
    places = [20 + round(200 * k / len(survival)) for k in range(len(survival) + 1)]
    heights = [round(60 - 50 * share, 1) for share in survival]
    corners = [
        f"{x},{y}"
        for (start, stop), y in zip(pairwise(places), heights, strict=True)
        for x in (start, stop)
    ]
    ticks = [(x, k) for k, x in enumerate(places[:-1])]
    return Curve(model, f"{model.label}: {corrected(entry)}", " ".join(corners), ticks)


def _dimension(name: str, models: Sequence[Model]) -> Dimension:
    family = all_dimensions().get(name)
    asked = [(m, m.figures["dimensions"][name]) for m in models if name in _asked(m)]
    return Dimension(
        name,
        family.title if family else name,
        family.summary if family else "",
        [(model, shown(entry), shown_level(entry), entry) for model, entry in asked],
    )


def _asked(model: Model) -> JsonObject:
    asked: JsonObject = model.figures.get("dimensions", {})
    return asked


def _example(name: str, model: Model) -> Example | None:
    """Return the shortest of the failed scenarios whose exchanges were kept."""
    failed = [
        verdict
        for verdict in model.run.of(model.target.name)
        if (one := verdict.scenario)
        and (one.dimension, one.twin, one.status) == (name, False, "fail")
        and question(verdict) in model.run.exchanges
    ]
    if not failed:
        return None
    shortest = min(failed, key=lambda v: (_calls(v), question(v)))
    return Example(name, model, shortest, list(_said(model, shortest)))


def _calls(verdict: Verdict) -> int:
    return verdict.scenario.calls + verdict.scenario.rounds if verdict.scenario else 0


def _said(model: Model, verdict: Verdict) -> Iterator[Said]:
    case, replies = model.run.cases[verdict.case_id], list[Reply]()
    for exchange in last_of_each_turn(model.run.exchanges[question(verdict)]):
        now = gone_on(case, replies)
        # A journal may say anything.
        if (
            not exchange.attempts
            or exchange.turn != len(replies)
            or exchange.turn >= len(now.turns)
        ):
            break
        replies.append(reply_of(now, model.target, exchange))
    history = zip(gone_on(case, replies).turns, replies, strict=False)
    gap = False
    for line in condensed(list(transcript(history, verdict.findings))):
        if line is not None:
            yield _line(line, gap=gap)
        gap = line is None


def _line(line: Line, *, gap: bool) -> Said:
    text, result = marked(clipped(line.text)), marked(clipped(line.result))
    return Said(line.who, line.tool, text, result, line.failed, line.wrong, gap)
