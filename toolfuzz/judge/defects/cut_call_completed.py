"""A call that a token limit cut off comes back as if the model had written all of it."""

from collections.abc import Iterable

from toolfuzz.core.given import Given
from toolfuzz.core.jsonvalue import same
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.reading import load
from toolfuzz.judge.wording import one_line


def detect(facts: Facts) -> Iterable[Finding]:
    """Look at the call that was cut; those before it were written whole."""
    if facts.given is None or facts.cut not in ("name", "arguments"):
        return ()
    [*whole, cut] = facts.turn.expect.calls
    for number, call in enumerate(facts.sent):
        if number < len(whole):
            continue
        if facts.cut == "name":
            message = f"a call of {call.name!r}"
        elif (value := load(call.arguments_raw or "")) is None or same(value, cut.arguments):
            continue
        else:
            message = f"a call with the arguments {clip(call.arguments_raw or '')}"
        told = f"{message}, though the text {facts.given.told[-1]}"
        if facts.reply.finish != "length":
            told += f"; the finish reason is {one_line(str(facts.reply.finish_reason))}"
        return [DEFECT.finding(told, call=number)]
    return ()


DEFECT = Defect(
    slug="cut-call-completed",
    group="E",
    tells_of="serialization",
    title="A call that the token limit cut off comes back as if it were whole",
    severity="error",
    layer="structure",
    stage="assemble",
    usual="the engine's parser",
    help=(
        "The parser closes what the model left open, so that a tool runs with arguments that "
        "nobody wrote. Don't run the calls of a reply whose finish reason is length; a parser "
        "should leave such a call out, or send its arguments as far as they came."
    ),
    example='"<tool_call>f <arg_key>to</arg_key><arg_value>Par" comes as f({"to": "Par"})',
    sources=("ai-dynamo/frontend-crates#72",),
    shows_in="engine",
    detect=detect,
    explains=frozenset({"finish-length-masked", "id-missing"}),
    examples=(
        answer(
            called("f", '{"a": "Par"}'),
            asked=[("f", {"a": "Paris"})],
            given=Given(cut="arguments"),
            finish="length",
        ),
        answer(
            called("f", "{}"),
            asked=[("f", {"a": 1})],
            given=Given(cut="arguments"),
            finish="length",
        ),
        answer(
            called("f", '{"a": 1}'),
            called("f", "{}", id="call_2"),
            asked=[("f", {"a": 1}), ("f", {"a": 2})],
            given=Given(cut="arguments"),
            finish="length",
        ),
        answer(called("ge", ""), asked=[("get", {})], given=Given(cut="name"), finish="length"),
        answer(called("f"), asked=[("f", {"a": 1})], given=Given(cut="arguments")),
        answer(
            called("f", '{"a": "Par'),
            asked=[("f", {"a": "Paris"})],
            given=Given(cut="arguments"),
            finish="length",
            found=False,
        ),
        answer(
            called("f", '{"a": 1}'),
            asked=[("f", {"a": 1}), ("f", {"a": 2})],
            given=Given(cut="arguments"),
            finish="length",
            found=False,
        ),
        answer(
            called("f", '{"a": 1}'),
            asked=[("f", {"a": 1})],
            given=Given(cut="end"),
            finish="length",
            found=False,
        ),
        answer(asked=[("f", {"a": 1})], given=Given(cut="name"), finish="length", found=False),
    ),
)
