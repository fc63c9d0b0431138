"""A small run, made up by hand: two targets, six cases, every kind of verdict."""

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.events import (
    CaseDrawn,
    CaseSkipped,
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    VerdictReached,
)
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.verdict import Finding, Metrics, Verdict

TARGETS = (
    Target("sim/clean", "sim", "clean", "openai-chat", kind="simulated"),
    Target("acme/one", "acme", "one", "anthropic-messages", stream="both"),
)

STRINGIFIED = Finding(
    "object-as-json-string",
    "error",
    "arguments",
    "environment came as a string",
    call=0,
    pointer="/environment",
    expected={"region": "eu-west-1"},
    actual='{"region": "eu-west-1"}',
)
FLOAT = Finding("integer-as-float", "warn", "values", "5.0 for 5", call=0, pointer="/n")


def case(number: int, *, features: tuple[str, ...] = ("string",), probe: str = "echo") -> Case:
    """A generated case with one tool; cases of the same number are the same case."""
    tool = Tool(f"tool_{number}", "", {"type": "object", "properties": {"a": {"type": "string"}}})
    call = ExpectedCall(tool.name, {"a": "x" * number})
    turn = Turn((Message("user", "call it"),), Expectation("calls", (call,)))
    return Case("generated", probe, features, (tool,), (turn,))


def verdict(
    of: Case,
    status: str = "pass",
    *findings: Finding,
    target: str = "sim/clean",
    repeat: int = 0,
    stream: bool = False,
    reason: str | None = None,
    latency_ms: float = 10.0,
) -> Verdict:
    metrics = Metrics(
        latency_ms=latency_ms,
        first_byte_ms=latency_ms / 2,
        input_tokens=100,
        output_tokens=20,
        called=status != "unjudged",
        schema_valid=(not findings) if status != "unjudged" else None,
        checks=10,
        checks_failed=sum(f.severity == "error" for f in findings),
    )
    return Verdict(of.id, target, repeat, stream, status, findings, reason, of.cluster, metrics)  # type: ignore[arg-type]


def exchange(of: Verdict, attempts: int = 1) -> Exchange:
    attempt = Attempt(0.0, 5.0, 10.0, 200, {}, ((5.0, b"{}"),))
    return Exchange(of.case_id, 0, of.target, of.repeat, of.stream, {}, (attempt,) * attempts)


def events() -> list[Event]:
    """Six cases. sim/clean passes all; acme/one, asked plain and streamed, fails on objects."""
    cases = [case(n, features=("string", "object") if n < 3 else ("string",)) for n in range(1, 7)]
    verdicts = [(verdict(c), 1) for c in cases]
    for n, c in enumerate(cases):
        for stream in (False, True):
            outcome = verdict(c, target="acme/one", stream=stream, latency_ms=100.0 + n)
            if "object" in c.features:
                outcome = verdict(
                    c, "fail", STRINGIFIED, target="acme/one", stream=stream, latency_ms=100.0 + n
                )
            elif n == 4:
                outcome = verdict(c, "pass", FLOAT, target="acme/one", stream=stream)
            elif n == 5 and stream:
                outcome = verdict(
                    c, "unjudged", target="acme/one", stream=True, reason="max-tokens"
                )
            verdicts.append((outcome, 2 if n == 3 else 1))
    lines: list[Event] = [
        RunStarted(1000.0, "0.1.0", TARGETS, {"seed": 7, "cases": 6}),
        CaseSkipped("odd_tool", "/properties/x", "no value satisfies it"),
    ]
    lines += [CaseDrawn(c) for c in cases]
    for outcome, attempts in verdicts:
        lines += [ExchangeRecorded(exchange(outcome, attempts)), VerdictReached(outcome)]
    return [*lines, RunFinished(1060.0)]
