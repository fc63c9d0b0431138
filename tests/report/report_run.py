"""A small run in which any given text stands wherever a model, a server or a user can put one."""

import io
import json
import zipfile
from dataclasses import replace

import pyarrow.parquet

from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import Case, Expectation, ExpectedCall, JsonObject, Message, Tool, Turn
from toolfuzz.core.events import (
    CaseDrawn,
    CaseSkipped,
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    TargetGivenUp,
    VerdictReached,
)
from toolfuzz.core.exchange import Attempt, Exchange, Target, TargetKind
from toolfuzz.core.verdict import Finding, Metrics, Status, Verdict
from toolfuzz.report.formats import Pieces

HOSTILE = [
    "</testcase><script>alert(1)</script>",
    "a|b",
    "```\n# heading\n[x](javascript:alert(1)) ![i](http://x.example/i.png) <img src=x>",
    "``two`` and `one`",
    "\x1b[31mred\x00\x07",
    "::error::mine%0A::stop-commands::x\n::error::second line",
    '=HYPERLINK("http://x.example")',
    "\ufffe\uffff\ud800 \u202e",
    "@someone https://x.example",
    "]]> & < > \" '",
    "",
    " ",
    "`",
]


def a_run(
    text: str = "plain",
    *,
    kind: TargetKind = "http",
    targets: int = 1,
    headers: dict[str, str] | None = None,
    given_up: str | None = None,
    own_tools: bool = False,
) -> RunData:
    """Four cases a target: one passes, one fails on ``text``, one warns, one is unjudged.

    With ``given_up`` as the reason the last target is given up after that.

    With ``headers`` every answer is kept, and came with them. With ``own_tools`` the tools are a
    user's, from a source of that name, and one that is called so was not asked about.
    """
    names = [text if targets == 1 else f"{n} {text}" for n in range(targets)]
    asked = tuple(Target(name, "x", text, "openai-chat", kind=kind) for name in names)
    settings: JsonObject = {"seed": 3}
    if own_tools:
        named = [f"tool_{n} {text}" for n in range(4)]
        source = {"source": f"tools:{text}", "place": text, "tools": [*named, text]}
        settings["sources"] = [{**source, "not_chosen": 2}]
    lines: list[Event] = [RunStarted(1_763_856_000.0, "0.1.0", asked, settings)]
    if own_tools:
        lines.append(CaseSkipped(f"gone {text}", f"/{text}", text, source=f"tools:{text}"))
    wrong = Finding(
        "string-as-container",
        "error",
        "arguments",
        text,
        pointer=f"/{text}",
        expected={text: text},
        actual=[text],
    )
    mild = Finding("integer-as-float", "warn", "values", text)
    outcomes: list[tuple[Status, tuple[Finding, ...], str | None, tuple[str, ...]]] = [
        ("pass", (), None, ("fine",)),
        ("fail", (wrong,), None, ("shared", text)),
        ("pass", (mild,), None, ("shared",)),
        ("unjudged", (), text, ("lost",)),
    ]
    cases = [_case(n, outcome[3]) for n, outcome in enumerate(outcomes)]
    if own_tools:
        cases = [_owned(case, n, text) for n, case in enumerate(cases)]
    lines += [CaseDrawn(case) for case in cases]
    for name in names:
        for case, (status, findings, reason, _) in zip(cases, outcomes, strict=True):
            metrics = Metrics(latency_ms=1500.0, called=True, schema_valid=True, checks=5)
            verdict = Verdict(
                case.id, name, 0, False, status, findings, reason, case.cluster, metrics
            )
            if headers is not None:
                body = json.dumps({"choices": [], "model": text}).encode()
                attempt = Attempt(0.0, 1.0, 1.0, 200, headers, ((1.0, body),))
                exchange = Exchange(case.id, 0, name, 0, False, {"model": text}, (attempt,))
                lines.append(ExchangeRecorded(exchange))
            lines.append(VerdictReached(verdict))
    if given_up is not None:
        lines.append(TargetGivenUp(names[-1], given_up, 25))
    return collect([*lines, RunFinished(1_763_856_060.0)], keep_exchanges=True)


def summary_of(run: RunData) -> JsonObject:
    return summarize(run)


def _owned(case: Case, number: int, text: str) -> Case:
    tool = replace(case.tools[0], name=f"tool_{number} {text}")
    (turn,) = case.turns
    expect = replace(turn.expect, calls=(ExpectedCall(tool.name, {}),))
    return replace(
        case, origin=f"tools:{text}", tools=(tool,), turns=(replace(turn, expect=expect),)
    )


def _case(number: int, features: tuple[str, ...]) -> Case:
    tool = Tool(f"tool_{number}", "", {"type": "object"})
    expect = Expectation("calls", (ExpectedCall(tool.name, {}),))
    turn = Turn((Message("user", "call it"),), expect)
    return Case("generated", "echo", features, (tool,), (turn,))


def text_of(made: Pieces) -> str:
    """Return all that a reader of the file would find in it."""
    if isinstance(made, str):
        return made
    if not isinstance(made, bytes):
        pieces = list(made)
        made = b"".join(p.encode() if isinstance(p, str) else p for p in pieces)
    if made[:4] == b"PAR1":
        return repr(pyarrow.parquet.read_table(io.BytesIO(made)).to_pylist())
    if made[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            return "".join(archive.read(name).decode() for name in archive.namelist())
    return made.decode()
