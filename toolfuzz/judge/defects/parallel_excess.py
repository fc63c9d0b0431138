"""Several calls came although parallel calls were switched off."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._pairs import extra
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    off = facts.turn.parallel is False and facts.traits.serial
    if not off:
        return ()
    if any(pair.tool for pair in facts.extra):
        return [extra(DEFECT, facts)]
    if facts.turn.expect.kind == "unknown" and len(facts.pairs) > 1:
        return [DEFECT.finding(f"{len(facts.pairs)} calls, parallel calls are off")]
    return ()


DEFECT = Defect(
    slug="parallel-excess",
    group="E",
    title="Several calls came although parallel calls were switched off",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="a server that ignores the flag",
    help=(
        "Run only the first call and send an error for the others, or say in the prompt that "
        "one call is wanted."
    ),
    example='parallel_tool_calls=false: {"tool_calls":[{...},{...}]}',
    sources=("sgl-project/sglang#9696", "vllm-project/vllm#9451", "vllm-project/vllm#26233"),
    detect=detect,
    explains=frozenset({"calls-extra"}),
    examples=(
        answer(
            called("f", '{"a":1}'),
            called("f", '{"a":2}', id="call_2"),
            asked=[("f", {"a": 1})],
            turn={"parallel": False},
            where="serial",
        ),
        answer(
            called("f", '{"a":1}'),
            called("f", '{"a":2}', id="call_2"),
            asked=[("f", {"a": 1})],
            found=False,
        ),
    ),
)
