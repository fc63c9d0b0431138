"""The page itself: what stands on it, its style and script inside, everything else shut out."""

from collections.abc import Sequence

from markupsafe import Markup

from toolfuzz.analyze.compare import compare
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.ranking import FEW
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import JsonObject
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.defect import SIDES
from toolfuzz.report.advice import advice
from toolfuzz.report.conclusion import path_of
from toolfuzz.report.dimensions import unit
from toolfuzz.report.html import latency, matrix
from toolfuzz.report.html.body import HEAD, TAIL
from toolfuzz.report.html.dimensions import profile
from toolfuzz.report.html.evidence import REQUEST_LIMIT, evidence
from toolfuzz.report.html.failed import FAILURES_LIMIT, Failed, FailureGroup, by_cause, in_turn
from toolfuzz.report.html.models import Model, models
from toolfuzz.report.html.templating import asset, environment, policy
from toolfuzz.report.naming import Names, names_in
from toolfuzz.report.repeats import repeat_notes
from toolfuzz.report.sides import defects_on, sides
from toolfuzz.report.tools import sources
from toolfuzz.report.words import (
    first_attempt,
    given_up,
    unread,
    usual_cause,
    wanted,
)
from toolfuzz.report.words import in_turn as in_turn_words

__all__ = [
    "PAGE_LIMIT",
    "example_of",
    "render_comparison",
    "render_run",
]

PAGE_LIMIT = 10_000_000
"""No further failure is shown in full once those before it have taken so many characters."""
_CAUSES_LIMIT = 200

Run = tuple[str, RunData, JsonObject]
_Side = tuple[str, list[tuple[str, JsonObject]], list[matrix.Row]]


def render_run(run: RunData, summary: JsonObject, *, home: str = "") -> str:
    """Return a run as an HTML page. ``run`` should have kept its exchanges.

    ``home`` is the address of what the page is one of, if it is served with others.
    """
    comparison = compare([("run", run)], summaries=[summary])
    concluded = summary["conclusion"] if "conclusion" in summary else comparison["conclusion"]
    return _page([("run", run, summary)], comparison, "Tool-calling reliability", concluded, home)


def render_comparison(
    comparison: JsonObject, runs: Sequence[tuple[str, RunData]], *, home: str = ""
) -> str:
    """Return several runs side by side as an HTML page.

    ``runs`` are the named runs that ``compare`` was given and ``comparison`` what it returned;
    ``home`` is as in ``render_run``.
    """
    summed = [(name, run, summarize(run)) for name, run in runs]
    concluded = comparison["conclusion"]
    return _page(summed, comparison, "Tool-calling reliability compared", concluded, home)


def _page(
    runs: Sequence[Run], comparison: JsonObject, title: str, concluded: JsonObject, home: str
) -> str:
    names = names_in(comparison, *(summary for _, _, summary in runs))
    columns = _failing_first(models(runs, comparison, names))
    comparison, concluded = names.of(comparison), names.of(concluded)
    runs = [(name, run, names.of(summary)) for name, run, summary in runs]
    mixed = len({model.nature.label for model in columns}) > 1
    causes = by_cause(columns)
    visible = _failures(causes, names, mixed=mixed)
    scale = latency.axis(columns)
    found, warned = matrix.by_defect(columns), matrix.by_defect(columns, "warnings")
    explained = [defects()[row.name] for row in [*found, *warned] if row.name in defects()]
    style, script = asset("style.css"), asset("script.js")
    return environment().get_template("page.html.j2").render(
        title=title,
        home=home,
        runs=runs,
        models=columns,
        comparison=comparison,
        concluded=concluded,
        tones=comparison["conclusion"]["tones"],
        mixed=mixed,
        example=example_of(concluded["cause"], columns),
        notes=_notes(columns),
        advice=[said for _, _, summary in runs for said in advice(summary)],
        unread=[(name, unread(summary)) for name, _, summary in runs if unread(summary)],
        given_up=[(m.label, given_up(m.figures)) for m in columns if given_up(m.figures)],
        reality=_reality(columns),
        repeats=[(m.label, said) for m in columns for said in repeat_notes(m.figures)],
        profile=profile(columns),
        unit=unit([m.figures for m in columns]),
        features=matrix.by_rate(columns, "features"),
        found=found,
        apart=_apart(columns, found),
        warned=warned,
        explained=explained,
        usual={d.slug: usual_cause(d.usual, [m.figures for m in columns]) for d in explained},
        tools=matrix.by_tool(columns),
        skips={name: bool(summary["skipped"]) for name, _, summary in runs},
        loaded=[(name, list(sources(summary))) for name, _, summary in runs],
        probes=matrix.by_rate(columns, "probes"),
        modes=matrix.by_rate(columns, "modes"),
        heats=matrix.HEATS,
        few=FEW,
        axis=scale,
        bars={m.label: latency.bars(m, scale) for m in columns} if scale else {},
        causes=[(c, sum(f.anchor in visible for f in c.failed)) for c in causes[:_CAUSES_LIMIT]],
        more_causes=causes[_CAUSES_LIMIT:],
        failed=sum(c.count for c in causes),
        shown=visible,
        filters=_filters([f for c in causes for f in c.failed if f.anchor in visible], names),
        request_limit=REQUEST_LIMIT,
        head=HEAD,
        tail=TAIL,
        style=Markup(style),
        script=Markup(script),
        policy=policy(style, script),
    )  # fmt: skip


def _apart(columns: Sequence[Model], found: Sequence[matrix.Row]) -> list[_Side]:
    """Return the defects of each side, with the models' rates; empty where there is one side."""
    told = [(model.label, one) for model in columns for one in sides([model.figures])]
    return [
        (
            side,
            [(label, one.rate) for label, one in told if one.side == side],
            [r for r in found if any(r.name in defects_on(m.figures, side) for m in columns)],
        )
        for side in SIDES
        if told
    ]


def _failing_first(columns: Sequence[Model]) -> list[Model]:
    """Return the models so that what fails is seen first, also on a narrow screen."""
    return sorted(columns, key=lambda m: (m.figures["rate"] is None, m.figures["rate"] or 0))


def _failures(causes: Sequence[FailureGroup], names: Names, *, mixed: bool) -> dict[str, Markup]:
    """Return the failures that are shown in full, by anchor, already rendered."""
    render = environment().get_template("failure.html.j2").render
    made: dict[str, Markup] = {}
    size = 0
    for failed in in_turn(causes):
        if len(made) == FAILURES_LIMIT or size > PAGE_LIMIT:
            break
        model = failed.model
        turns = evidence(model.run, model.target, failed.verdict)
        html = render(failed=failed, turns=turns, facets=names.of(_facets(failed)), mixed=mixed)
        made[failed.anchor] = Markup(html)
        size += len(html)
    return made


def _facets(failed: Failed) -> dict[str, list[str]]:
    """Return what the failures can be filtered by."""
    return {
        "defect": failed.slugs,
        "model": [failed.model.label],
        "feature": list(failed.case.features),
        "tool": list(failed.tools),
        "probe": [failed.case.probe],
        "mode": ["stream" if failed.verdict.stream else "plain"],
    }


def _filters(failures: Sequence[Failed], names: Names) -> dict[str, list[str]]:
    values: dict[str, set[str]] = {}
    for failed in failures:
        for name, found in names.of(_facets(failed)).items():
            values.setdefault(name, set()).update(found)
    return {name: sorted(found) for name, found in values.items() if found}


def example_of(cause: JsonObject | None, columns: Sequence[Model]) -> JsonObject | None:
    """Return what stands under the first sentence: what was asked and what came; None: nothing."""
    if cause is None:
        return None
    example = cause["example"]
    right, came = wanted(example)
    filters = {"defect": cause["slug"]}
    if any(model.label == cause["target"] for model in columns):
        filters["model"] = cause["target"]
    shown = example["expected"] is not None or example["actual"] is not None
    return {
        "place": in_turn_words(example["turn"]) + path_of(example["pointer"]),
        "expected": right if shown else None,
        "actual": came if example["actual"] is not None else None,
        "message": example["message"],
        "kind": a_kind(example["actual"]),
        "filters": filters,
    }


def _notes(columns: Sequence[Model]) -> list[tuple[str, list[str]]]:
    """Return (sentence, labels) for what was not real, and for what only retries made good."""
    notes: dict[str, list[str]] = {}
    for model in columns:
        notes.setdefault(model.nature.sentence, []).append(model.label)
        if words := first_attempt(model.figures):
            notes.setdefault(f"Success is {words}.", []).append(model.label)
    return [(note, labels) for note, labels in notes.items() if note]


def _reality(columns: Sequence[Model]) -> str:
    """Return what is to stand at every table: empty when all endpoints were real."""
    labels = {model.nature.label for model in columns}
    if len(labels) == 1:
        return labels.pop()
    return " and ".join(f"partly {label}" for label in sorted(labels - {""}))
