"""A tool was called that was not offered."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._names import misnamed
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import rename


def detect(facts: Facts) -> Iterable[Finding]:
    return misnamed(DEFECT, facts, "unknown")


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A tool that was not offered."""
    return rename(reply, roll, ["execute_python", "run_terminal_cmd"])


DEFECT = Defect(
    slug="unknown-tool",
    group="E",
    tells_of="understanding",
    title="A tool was called that was not offered",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the model",
    help=(
        "Answer such calls with an error that lists the offered names. If it is frequent, "
        "rename the tools closer to what the model expects."
    ),
    example='{"function":{"name":"execute_python"}}',
    sources=(
        "OpenHands/OpenHands#5111",
        "QwenLM/Qwen3.8#15",
        "anomalyco/opencode#31558",
        "epam/ai-dial-adapter-vertexai#325",
    ),
    detect=detect,
    fault=Fault(simulate, "plan"),
    examples=(
        answer(called("execute_python"), asked=[("get_weather", {})]),
        answer(called("get_weather"), asked=[("get_weather", {})], found=False),
    ),
)
