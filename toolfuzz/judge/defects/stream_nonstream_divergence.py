"""The same question gives other calls streamed than plain."""

from collections.abc import Iterable

from toolfuzz.core.text import clip, from_difference
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.counterpart import calls_of, comparable, key
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import called, delta, said, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll

_SHOWN = 300


def detect(facts: Facts) -> Iterable[Finding]:
    plain = facts.counterpart
    if plain is None or not facts.reply.stream or not comparable(plain) or facts.cut:
        return ()
    if facts.case.world is not None and facts.turn.expect.kind == "unknown":
        return ()  # many ways are right there, and each talk has a history of its own
    known = facts.turn.expect.kind != "unknown"
    if known and not any(f.severity == "error" for f in facts.findings):
        return ()
    ours, theirs = sorted(map(key, facts.sent)), sorted(map(key, plain.calls))
    if ours == theirs:
        return ()
    again = [pair for pair in facts.again or () if all(map(comparable, pair))]
    if any([calls_of(reply, facts.traits) for reply in pair] != [theirs, ours] for pair in again):
        return ()  # one of both came out another way
    message = "the streamed calls differ from the plain ones"
    if len(ours) != len(theirs):
        message = f"{len(ours)} calls streamed, {len(theirs)} plain"
    severity = DEFECT.severity
    if again:
        message += f", each of {1 + len(again)} times"
    elif facts.again is not None:
        severity = "warn"
        message += "; each was asked once, of a model that samples"
    expected, actual = _apart(
        [text for text in theirs if text not in ours][:3],
        [text for text in ours if text not in theirs][:3],
    )
    return [DEFECT.finding(message, severity=severity, expected=expected, actual=actual)]


def _apart(plain: list[str], streamed: list[str]) -> tuple[list[str], list[str]]:
    """Return excerpts of calls; of two that begin alike, from before where they differ."""
    both = [from_difference(*pair, _SHOWN) for pair in zip(plain, streamed, strict=False)]
    first = [*(one for one, _ in both), *plain[len(both) :]]
    second = [*(other for _, other in both), *streamed[len(both) :]]
    return [clip(text, _SHOWN) for text in first], [clip(text, _SHOWN) for text in second]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Only when streamed, the last parameter is lost."""
    full = [call for call in reply.calls if call.arguments]
    for call in full:
        call.arguments.popitem()
    return bool(full)


DEFECT = Defect(
    slug="stream-nonstream-divergence",
    group="F",
    tells_of="serialization",
    harm="value",
    title="The same question gives other calls streamed than plain",
    severity="error",
    layer="stream",
    stage="causes",
    shows_in="both",
    usual="a server with two parsers",
    help=(
        "Prefer the mode that is right and report both replies. Of a model that samples it is an "
        "error only where both modes, asked three times each, answered alike every time."
    ),
    example='stream {"a":1} · plain {"a":1,"b":2}',
    sources=(
        "vllm-project/vllm#18108",
        "zai-org/GLM-4.5#146",
        "vllm-project/vllm-ascend#12261",
        "vllm-project/vllm#56263",
        "vllm-project/vllm#39253",
    ),
    indistinguishable=(
        "A model that samples may answer differently by itself, and in rare cases three times. "
        "Beside a known answer the finer cause is named as well."
    ),
    pairs=(
        "missing-required",
        "parameter-dropped-by-parser",
        "args-empty-object",
        "schema-unenforced",
        "stream-piece-lost",
    ),
    detect=detect,
    by_chance=True,
    fault=Fault(simulate, "values", "stream"),
    examples=(
        streamed(
            delta(0, '{"a":2}', id="call_1", name="f"),
            counterpart=said(called("f", '{"a":1}')),
            where="indexed",
        ),
        streamed(
            delta(0, '{ "a": 1 }', id="call_1", name="f"),
            counterpart=said(called("f", '{"a":1}')),
            where="indexed",
            found=False,
        ),
    ),
)
