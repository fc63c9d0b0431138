"""The table at the end, at the widths that people have."""

from dataclasses import replace
from typing import Any

import pytest
from report_run import HOSTILE, a_run, summary_of
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from toolfuzz.analyze.compare import conclude
from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.events import CaseDrawn, Event, RunFinished, RunStarted, VerdictReached
from toolfuzz.core.exchange import Target, TargetKind
from toolfuzz.core.verdict import Finding, Metrics, Verdict
from toolfuzz.report.console import plain
from toolfuzz.report.decision import check_view
from toolfuzz.report.html.page import render_run
from toolfuzz.report.terminal import summary_view
from toolfuzz.report.words import usual_cause

TEXTS = Finding(
    "object-as-json-string", "error", "schema", "", 0, "/environment", shape="object behind $ref",
    expected={"region": "eu-west-1", "retries": 3}, actual='{"region": "eu-west-1", "retries": 3}',
)  # fmt: skip
NULL = Finding("null-as-string", "error", "schema", "", 0, "/parent", expected=None, actual="null")


def fixed_run() -> RunData:
    """Two targets on twenty cases, one of them asked both ways and failing in two manners."""
    asked = (
        Target("openrouter/z-ai/glm-4.7", "openrouter", "z-ai/glm-4.7", "openai-chat", "both"),
        Target("sim/claude-opus", "sim", "claude-opus", "openai-chat", kind="simulated"),
    )
    events: list[Event] = [RunStarted(0.0, "0.1.0", asked, {"seed": 3, "cases": 20})]
    for n in range(20):
        tool = Tool(f"tool_{n}", "", {"type": "object"})
        expect = Expectation("calls", (ExpectedCall(tool.name, {}),))
        case = Case("generated", "echo", (), (tool,), (Turn((Message("user", "call"),), expect),))
        events.append(CaseDrawn(case))
        for target in asked:
            for stream in (False, True) if target.stream == "both" else (False,):
                found: tuple[Finding, ...] = ()
                if target.stream == "both" and n < 3:
                    found = (TEXTS, NULL) if n == 0 and stream else (TEXTS,)
                metrics = Metrics(latency_ms=800.0 + n, called=True, schema_valid=not found)
                verdict = Verdict(
                    case.id, target.name, 0, stream, "fail" if found else "pass", found,
                    cluster=case.cluster, metrics=metrics,
                )  # fmt: skip
                if n == 19 and stream:
                    verdict = replace(verdict, status="unjudged", reason="cut off by max_tokens")
                events.append(VerdictReached(verdict))
    return collect([*events, RunFinished(60.0)])


RATE = (
    "The rate is worse than the margin allows: 17 of 20 calls agree, 3 worse, 0 better; success "
    "fell by 15.0 points, from 100.0% to 85.0% (drop between 1.0 and 35.0 points, margin 5.0)."
)
DEFECTS = (
    "A new defect: object-as-json-string (0 → 3 calls); asked again 24 times: the candidate showed "
    "it in 11 of 12, the baseline 0 of 12."
)
CHECK: dict[str, Any] = {
    "outcome": "FAIL",
    "reason": f"FAIL: {RATE} {DEFECTS}",
    "rate": {"answer": "yes", "words": RATE},
    "defects": {"answer": "yes", "words": DEFECTS},
    "candidate": "openrouter/z-ai/glm-4.7",
    "baseline": "sim/claude-opus",
    "suspects": ["success rate", "object-as-json-string"],
    "spent": {"first": 60, "again": 24},
    "doubts": ["it is 45 days old (more than 30)"],
    "unreachable": None,
    "folder": "reports/x",
}


def drawn(view: Any, width: int) -> list[str]:
    console = Console(width=width, force_terminal=True, color_system=None, highlight=False)
    with console.capture() as capture:
        console.print(view)
    lines = [line.rstrip() for line in capture.get().splitlines()]
    assert all(len(line) <= width for line in lines)
    return lines


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_run(width: int, snapshot: SnapshotAssertion) -> None:
    summary = {**summarize(fixed_run()), "folder": "reports/x"}
    assert drawn(summary_view(summary, width=width), width) == snapshot


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_check(width: int, snapshot: SnapshotAssertion) -> None:
    summary = {**summarize(fixed_run()), "check": CHECK}
    assert drawn(check_view(summary, width=width), width) == snapshot


@pytest.mark.parametrize("width", range(50, 150, 5))
def test_no_column_is_squeezed_to_nothing(width: int) -> None:
    lines = drawn(summary_view(summarize(fixed_run()), width=width), width)
    header = next(line for line in lines if line.startswith("target"))
    table = lines[lines.index(header) :][:3]
    assert "95% interval" in header
    assert "60.9 – 95.1" in table[1]
    assert ("top defect" in header) == ("object-as-" in table[1])


def test_replies_are_counted_and_not_cases() -> None:
    """Three cases, asked both ways: six replies of 39 that were judged."""
    shown = plain(lambda width: summary_view(summarize(fixed_run()), width=width))
    assert "object-as-json-string · 6 of 39 calls on openrouter/z-ai/glm-4.7" in shown


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_is_inert(text: str) -> None:
    summary = summary_of(a_run(text))
    for width in (40, 140):
        shown = "\n".join(drawn(summary_view(summary, width=width), width))
        assert not {"\x1b", "\x00", "\x07", "\u202e"} & set(shown)
        shown.encode()


def test_piped_output_has_no_colours_and_no_padding() -> None:
    shown = plain(lambda width: summary_view(summarize(fixed_run()), width=width))
    assert "\x1b" not in shown
    assert not any(line.endswith(" ") for line in shown.splitlines())


@pytest.mark.parametrize(
    ("usual", "without"),
    [
        ("the model", ""),
        ("a model used to strict mode, or a client", "a client"),
        ("the model or parser", "the model or parser"),
        ("a parser that reads Python, or the model", "a parser that reads Python"),
        ("the server's parser, the model, or a limit", "the server's parser, or a limit"),
        ("a server without the model's tool parser", "a server without the model's tool parser"),
    ],
)
def test_no_model_is_blamed_where_none_was_asked(usual: str, without: str) -> None:
    engine, model = ({"nature": {"real": real}} for real in (False, True))
    assert usual_cause(usual, [model]) == usual_cause(usual, [engine, model]) == usual
    assert usual_cause(usual, [engine]) == without.replace("the model or parser", "the parser")


@pytest.mark.parametrize("kind", ["engine", "simulated"])
def test_of_a_parser_the_most_harmful_defect_is_shown_first(kind: TargetKind) -> None:
    events: list[Event] = [
        RunStarted(0.0, "0", (Target("m", "x", "m", "openai-chat", kind=kind),), {})
    ]
    for n in range(6):
        turn = Turn((Message("user", str(n)),), Expectation("no_call"))
        of = Case("generated", "echo", (), (Tool("f", "", {}),), (turn,))
        slug = "value-changed" if n == 0 else "id-missing"
        failed = Verdict(of.id, "m", 0, False, "fail", (Finding(slug, "error", "wire", ""),))
        events += [CaseDrawn(of), VerdictReached(failed)]
    told = plain(lambda width: summary_view(summarize(collect(events)), width=200))
    shown = [told.index(f"\n{slug} · ") for slug in ("value-changed", "id-missing")]
    assert (shown == sorted(shown)) is (kind == "engine")


@pytest.mark.parametrize("kind", ["engine", "simulated"])
def test_the_usual_cause_of_a_trial_is_no_model(kind: TargetKind) -> None:
    cause = "usually a parser that loads whatever looks like JSON"
    told = plain(lambda width: summary_view(summary_of(a_run(kind=kind)), width=200))
    assert f"{cause}\n" in told
    told = plain(lambda width: summary_view(summary_of(a_run()), width=200))
    assert f"{cause}, or the model" in told
    page = render_run(a_run(kind=kind), summary_of(a_run(kind=kind)))
    assert "Usual cause: a parser that loads whatever looks like JSON." in page


@pytest.mark.parametrize(
    ("failing", "cases", "style"), [(0, 20, "yellow"), (0, 100, "green"), (12, 100, "red")]
)
def test_colours_are_of_the_outcome_and_not_of_the_rate(
    failing: int, cases: int, style: str
) -> None:
    """All of twenty calls right is not green yet, in the sentence and in the table alike."""
    events: list[Event] = [RunStarted(0.0, "0", (Target("m", "x", "m", "openai-chat"),), {})]
    for n in range(cases):
        turn = Turn((Message("user", str(n)),), Expectation("no_call"))
        of = Case("generated", "echo", (), (Tool(f"f{n}", "", {}),), (turn,))
        found = (TEXTS,) if n < failing else ()
        said = Verdict(of.id, "m", 0, False, "fail" if found else "pass", found, cluster=of.cluster)
        events += [CaseDrawn(of), VerdictReached(said)]
    run = collect([*events, RunFinished(1.0)])
    summary = summarize(run)
    summary["conclusion"] = conclude(run, summary)
    console = Console(width=140, force_terminal=True, color_system="standard", highlight=False)
    with console.capture() as capture:
        console.print(summary_view(summary, width=140))
    code = {"red": "31", "green": "32", "yellow": "33"}
    sentence, *_ = capture.get().splitlines()
    row = next(line for line in capture.get().splitlines() if line.startswith("m "))
    assert f"\x1b[1;{code[style]}m" in sentence and f"\x1b[{code[style]}m█" in row
    assert not any(f"{other}m" in sentence for name, other in code.items() if name != style)
