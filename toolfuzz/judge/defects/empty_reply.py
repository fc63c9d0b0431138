"""Neither text nor call came back where text was right."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, tool
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.calls or facts.turn.expect.kind != "no_call" or facts.reply.text.strip():
        return ()
    return [DEFECT.finding("neither text nor a call came back")]


DEFECT = Defect(
    slug="empty-reply",
    group="E",
    tells_of="serialization",
    title="Neither text nor a call came back where text was right",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server's parser",
    help=(
        "Ask the server for its raw output (parser off): a parser that met what it took for a "
        "call may have thrown all of it away. Otherwise the model stopped at once: look at the "
        "chat template's generation prompt."
    ),
    example='{"content":"","finish_reason":"stop"} to "Thank you, that was all."',
    sources=(),
    indistinguishable=(
        "A parser that throws text away and a model that says nothing look alike when the "
        "server reports no token counts."
    ),
    detect=detect,
    examples=(
        answer(asked=[], tools=(tool("f"),)),
        answer(asked=[], text="You are welcome.", tools=(tool("f"),), found=False),
    ),
)
