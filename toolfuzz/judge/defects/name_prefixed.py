"""The tool name carries a namespace or a counter that was not offered."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._names import misnamed
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import any_call, rename


def detect(facts: Facts) -> Iterable[Finding]:
    return misnamed(DEFECT, facts, "prefixed")


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """An invented namespace in front, or a number behind."""
    call = any_call(reply, roll.rng)
    return call is not None and rename(
        reply,
        roll,
        [f"functions.{call.name}", f"default_api.{call.name}", f"functions.{call.name}:0"],
        call,
    )


DEFECT = Defect(
    slug="name-prefixed",
    group="E",
    tells_of="serialization",
    title="The tool name carries a namespace or a counter that was not offered",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the server's parser or model",
    help=(
        "The model's native form shines through (functions.NAME:0, default_api.NAME). Update "
        "the parser or strip that prefix and suffix."
    ),
    example='{"name":"functions.get_weather:0"}',
    sources=("lidge-jun/opencodex#4181", "onnxruntime/mobius#520", "sgl-project/sglang#21377"),
    detect=detect,
    fault=Fault(simulate, "message"),
    examples=(
        answer(called("functions.get_weather"), asked=[("get_weather", {})]),
        answer(called("get_weather"), asked=[("get_weather", {})], found=False),
    ),
)
