"""The tool name carries special tokens, markup or spaces."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._names import misnamed
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    for pair in facts.pairs:
        if pair.misnamed == "polluted":
            return [misnamed(DEFECT, pair)]
    return ()


DEFECT = Defect(
    slug="name-polluted",
    group="E",
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
    examples=(
        answer(called("get_weather<|channel|>commentary"), asked=[("get_weather", {})]),
        answer(called("get_weather"), asked=[("get_weather", {})], found=False),
    ),
)
