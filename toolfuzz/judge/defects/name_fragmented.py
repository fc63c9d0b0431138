"""The name of a call comes in pieces."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.name_in_pieces:
            return [DEFECT.finding(f"the name came in {call.spoken} pieces", call=call.position)]
    return ()


DEFECT = Defect(
    slug="name-fragmented",
    group="F",
    title="The name of a call comes in pieces",
    severity="warn",
    layer="stream",
    stage="assemble",
    usual="the gateway",
    help=(
        "Clients that keep the first piece call an unknown tool: join the pieces until "
        "arguments begin."
    ),
    example='{"function":{"name":"edit_ex"}} ; {"function":{"name":"isting_file"}}',
    sources=("continuedev/continue#5849", "NVIDIA-NeMo/Switchyard#785"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    examples=(
        streamed(
            delta(0, '{"a":', id="call_1", name="get_"),
            delta(0, "1}", name="weather"),
            asked=[("get_weather", {"a": 1})],
            where="indexed",
        ),
        streamed(
            delta(0, '{"a":', id="call_1", name="f"), delta(0, "1}"), found=False, where="indexed"
        ),
    ),
)
