"""GitHub-flavoured Markdown: the table, the defects with an example each, the weak features."""

from collections.abc import Iterator

from toolfuzz.analyze.dimension_pairs import shown
from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.markdown import code, sentence, table
from toolfuzz.report.advice import advice
from toolfuzz.report.conclusion import conclusion_lines
from toolfuzz.report.dimensions import between, dimension_notes, half, shown_level
from toolfuzz.report.naming import readable
from toolfuzz.report.relay.markdown import trial_lines
from toolfuzz.report.repeats import repeat_notes
from toolfuzz.report.sides import sides
from toolfuzz.report.tools import TOOLS_SHOWN, failing_tools, rest_of_tools, sources
from toolfuzz.report.words import (
    answers,
    count,
    first_attempt,
    given_up,
    in_turn,
    milliseconds,
    named,
    percent,
    success,
    unread,
    unsure,
    wanted,
)

__all__ = ["FILE", "render"]

FILE = "report.md"
_WEAK_FEATURES = 10


def render(run: RunData, summary: JsonObject) -> str:
    """Return the report; everything from outside stands in code spans, where it is inert."""
    lines = trial_lines(summary) if "trial" in summary else _lines(readable(summary))
    return "\n".join(lines) + "\n"


def _lines(summary: JsonObject) -> Iterator[str]:
    targets = summary["targets"]
    yield "## Tool calls, judged by toolfuzz"
    yield ""
    yield from conclusion_lines(summary)
    if "check" in summary:
        yield from _decision(summary["check"])
    if said := unread(summary):
        yield f"**{code(said)}**\n"
    for target in targets:
        if given_up(target):
            yield f"{code(target['target'])}: **{code(given_up(target))}**\n"
        if first_attempt(target):
            yield f"{code(target['target'])}: success is {code(first_attempt(target))}.\n"
        for said in repeat_notes(target):
            yield f"{code(target['target'])}: {sentence(said)}.\n"
    for said in advice(summary):
        yield f"{code(said)}\n"
    yield from table(
        ("target", "judged", "success", "95% interval", "schema accuracy", "p50", "unjudged"),
        [_row(target) for target in targets],
    )
    yield ""
    yield (
        f"{summary['cases']} cases · seed {code(str(summary['seed']))} · toolfuzz "
        f"{code(summary['toolfuzz_version'])} · the run ended: {code(summary['finish_reason'])}"
    )
    if loaded := "; ".join(sources(summary)):
        yield f"\nLoaded {code(loaded)}"
    for target in targets:
        if said := target["nature"]["sentence"]:
            yield f"\n{code(target['target'])}: **{sentence(said)}**"
    for target in targets:
        if target.get("dimensions"):
            yield from _dimensions(target)
        if target["defects"]:
            yield from _defects(target)
        if target["tools"]:
            yield from _tools(target)
        if target["associated"]:
            yield f"\n#### Associated with failing on {code(target['target'])}\n"
            yield from table(
                ("features", "failed with", "failed without", "lift", "q"),
                [_association(found) for found in target["associated"]],
            )
        weak = _weak_features(target)
        if weak:
            yield f"\n#### Weakest features on {code(target['target'])}\n"
            yield from table(("feature", "success", "95% interval", "judged"), weak)


def _decision(check: JsonObject) -> Iterator[str]:
    against = f" against {code(check['baseline'])}" if "baseline" in check else ""
    yield f"**{check['outcome'] or 'NO DECISION'}**: {code(check['candidate'])}{against}\n"
    for said in answers(check):
        yield f"{sentence(said)}\n"
    for doubt in check.get("doubts", ()):
        yield f"The baseline is doubtful: {code(doubt)}\n"


def _row(target: JsonObject) -> list[str]:
    return [
        named(target, code(target["target"], in_table=True)),
        f"{target['judged']} ({count(target['schemas'], 'schema')})",
        percent(target["rate"]),
        _interval(target),
        percent(target["schema_accuracy"]),
        milliseconds(target["latency_ms"], "p50"),
        str(target["unjudged"]),
    ]


def _dimensions(target: JsonObject) -> Iterator[str]:
    yield f"\n#### Dimensions on {code(target['target'])}\n"
    rows = []
    for name, entry in target["dimensions"].items():
        rate, burden = shown(entry), entry["difference"]
        rows.append(
            [
                code(name, in_table=True),
                f"{percent(rate['rate'])} at level {shown_level(entry)}",
                _interval(rate),
                percent(entry["twin"]["rate"]),
                between(burden) if burden else "–",
                half(entry["level_half"]),
                str(entry["success"]["judged"]),
                str(entry["unjudged"]),
            ]
        )
    header = ("dimension", "success", "95% interval", "twin", "difference (points)",
              "half at level", "judged", "unjudged")  # fmt: skip
    yield from table(header, rows)
    for note in dimension_notes([target]):
        yield f"\n{code(note)}"


def _defects(target: JsonObject) -> Iterator[str]:
    yield f"\n#### Defects on {code(target['target'])}\n"
    apart = list(sides([target]))
    if not apart:
        yield from _defect_table(target["defects"])
    for one in apart:
        yield f"{one.side.capitalize()}: {success(one.rate)} without any of these.\n"
        if one.defects:
            yield from _defect_table(one.defects)
            yield ""


def _defect_table(defects: JsonObject) -> Iterator[str]:
    rows = []
    for slug, entry in defects.items():
        example = entry["example"]
        right, came = wanted(example)
        rows.append(
            [
                code(slug, in_table=True),
                str(entry["cases"]),
                f"{percent(entry['rate'])} of replies",
                in_turn(example["turn"]) + code(example["pointer"] or "/", in_table=True),
                "–" if right is None else code(right, in_table=True),
                code(came, in_table=True),
                code(entry["example_case"], in_table=True),
            ]
        )
    header = ("defect", "cases", "share", "at", "expected", "got", "case")
    yield from table(header, rows)


def _tools(target: JsonObject) -> Iterator[str]:
    yield f"\n#### Your tools on {code(target['target'])}\n"
    failing = failing_tools(target)[:TOOLS_SHOWN]
    rows = [
        [
            code(name, in_table=True),
            unsure(percent(entry["rate"]), entry["judged"]),
            _interval(entry),
            f"{entry['failed']} of {count(entry['judged'], 'call')}",
            ", ".join(
                f"{code(slug, in_table=True)} {times}" for slug, times in entry["defects"].items()
            ),
        ]
        for name, entry in failing
    ]
    if rows:
        yield from table(("tool", "success", "95% interval", "failed", "defects"), rows)
        yield ""
    if rest := rest_of_tools(target):
        yield f"{rest[:1].upper()}{rest[1:]}."


def _association(found: JsonObject) -> list[str]:
    names = " with ".join(code(name, in_table=True) for name in found["features"])
    also = ", ".join(code(name, in_table=True) for name in found["also"])
    return [
        f"{names} (always together with {also})" if also else names,
        f"{found['failed_with']} of {count(found['cases_with'], 'case')}",
        f"{found['failed_without']} of {count(found['cases_without'], 'case')}",
        f"{found['lift']:.1f}",
        f"{found['q']:.2g}",
    ]


def _weak_features(target: JsonObject) -> list[list[str]]:
    failing = [(f, entry) for f, entry in target["features"].items() if entry["rate"] < 1]
    return [
        [
            code(feature, in_table=True),
            unsure(percent(entry["rate"]), entry["judged"]),
            _interval(entry),
            str(entry["judged"]),
        ]
        for feature, entry in failing[:_WEAK_FEATURES]
    ]


def _interval(entry: JsonObject) -> str:
    return "–" if entry["rate"] is None else f"{entry['low']:.1%} – {entry['high']:.1%}"
