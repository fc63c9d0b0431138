"""What is wrong with a reply."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Finding", "Layer", "Metrics", "Scenario", "Severity", "Status", "Verdict", "gravest"]

Severity = Literal["error", "warn", "info"]
Status = Literal["pass", "fail", "unjudged"]
Layer = Literal["wire", "stream", "structure", "arguments", "schema", "values", "world", "relay"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect, named once at its first cause.

    ``call`` is the position of the call in the reply, None when no single call is meant.
    ``pointer`` is an RFC 6901 JSON pointer into that call's arguments ("" is the whole object);
    ``schema_pointer`` points into the tool's parameters. ``shape`` describes the schema found
    there ("object behind $ref"); (slug, shape) is the identity for grouping and minimizing.
    ``message`` is for people and free to change. ``turn`` is that of the reply, counted from 0.
    ``tool`` is whose call is wrong, where a reply tells of several tools.
    """

    slug: str
    severity: Severity
    layer: Layer
    message: str
    call: int | None = None
    pointer: str = ""
    schema_pointer: str = ""
    shape: str = ""
    expected: Any = None
    actual: Any = None
    turn: int = 0
    tool: str = ""


def gravest(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return those that fail a reply: its errors; without any (strict), its warnings."""
    errors = tuple(f for f in findings if f.severity == "error")
    return errors or tuple(f for f in findings if f.severity == "warn")


@dataclass(frozen=True, slots=True)
class Metrics:
    """Numbers of one question, for rates and latency. Times in milliseconds.

    ``latency_ms`` and ``first_byte_ms`` are of the attempt that counts, without queueing and
    retries. ``called``: the reply ended in tool calls. ``schema_valid``: all its calls name an
    offered tool and validate (None when it called nothing). ``faults``: attempts before those that
    count which the server failed (5xx, a dropped connection); a rate limit is none. None in
    journals that didn't count them.
    """

    latency_ms: float | None = None
    first_byte_ms: float | None = None
    attempts: int = 1
    faults: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    called: bool = False
    schema_valid: bool | None = None
    checks: int = 0
    checks_failed: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """What became of a world: how the model did in its dimension.

    ``pair`` is shared by a world and its control twin. ``status`` is that of the dimension alone:
    ``unjudged`` when a call that arrived broken (or no answer) ended the scenario. ``checks`` are
    the goal's parts and the rules, ``checks_failed`` those that don't hold. ``rounds`` counts the
    replies, ``calls`` the calls that were executed, ``interventions`` how often the user had to
    correct, ``regressions`` after how many of those something was wrong that had been right,
    ``reached`` whether the goal holds in the end (corrected or not), ``needed`` the rounds that the
    shortest known way takes. ``turns_apart`` and (about) ``tokens_apart`` lie between what the user
    tells and where it is needed; 0: nothing of the kind.
    """

    dimension: str
    level: int
    pair: str
    twin: bool
    status: Status
    checks: int = 0
    checks_failed: int = 0
    rounds: int = 0
    calls: int = 0
    interventions: int = 0
    regressions: int = 0
    reached: bool = False
    needed: int = 0
    turns_apart: int = 0
    tokens_apart: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one question. ``unjudged`` is never the model's failure; ``reason`` says why.

    ``cluster`` is the case's sampling unit (see Case.cluster); ``scenario`` is what became of its
    world, where it has one. ``tools`` are those of a recorded case that the reply tells of; of
    other cases, those that are asked for.
    """

    case_id: str
    target: str
    repeat: int
    stream: bool
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    cluster: str = ""
    metrics: Metrics = field(default_factory=Metrics)
    scenario: Scenario | None = None
    tools: tuple[str, ...] = ()
