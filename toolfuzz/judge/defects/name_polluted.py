"""The tool name carries special tokens, markup or spaces."""

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
    return misnamed(DEFECT, facts, "polluted")


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Special tokens, space or markup around the name."""
    call = any_call(reply, roll.rng)
    return call is not None and rename(
        reply,
        roll,
        [f"{call.name}<|channel|>commentary", f" {call.name}", f"{call.name}<arg_key>"],
        call,
    )


DEFECT = Defect(
    slug="name-polluted",
    group="E",
    tells_of="serialization",
    title="The tool name carries special tokens, markup or spaces",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the server's parser",
    help=(
        "Clients look names up exactly, so the call fails. Update the server's parser; until "
        "then trim names at the first '<' and at spaces."
    ),
    example='{"name":"query_dataset<|channel|>commentary"}',
    sources=(
        "vllm-project/vllm#32587",
        "code-yeongyu/oh-my-openagent#1595",
        "amd/gaia#3742",
        "zai-org/GLM-5#84",
    ),
    detect=detect,
    fault=Fault(simulate, "message"),
    examples=(
        answer(called("get_weather<|channel|>commentary"), asked=[("get_weather", {})]),
        answer(called("get_weather"), asked=[("get_weather", {})], found=False),
    ),
)
