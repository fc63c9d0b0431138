"""tool_choice named one tool and another was called."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    for pair in facts.unforced:
        wanted = facts.turn.tool_choice.removeprefix("tool:")
        called = pair.tool.name if pair.tool else ""
        message = f"{called!r} was called, {wanted!r} was demanded"
        return [DEFECT.finding(message, call=pair.index, expected=wanted, actual=called)]
    return ()


DEFECT = Defect(
    slug="forced-tool-ignored",
    group="E",
    title="tool_choice named one tool and another was called",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="a server that treats a named choice as auto",
    help="Offer only that tool, or use a server that enforces named choices.",
    example='tool_choice get_weather: {"function":{"name":"get_time"}}',
    sources=(
        "ggml-org/llama.cpp#26849",
        "ggml-org/llama.cpp#28806",
        "vllm-project/vllm#50477",
        "vllm-project/vllm#54808",
    ),
    indistinguishable=(
        "Where several calls of the named tool were asked for, those that another call "
        "replaced are counted as missing beside it."
    ),
    pairs=("calls-missing",),
    detect=detect,
)
