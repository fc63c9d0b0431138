"""The chat template needs replayed arguments in another type than the API."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import refused
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import earlier_calls, refuse


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """An error because what renders the history wants the arguments in another type."""
    if not earlier_calls(reply.ask):
        return False
    if roll.format.traits.arguments == "text":
        return refuse(reply, "Can only get item pairs from a mapping.", 500)
    return refuse(reply, "The value at messages.1.content.0.toolUse.input must be a JSON object.")


DEFECT = Defect(
    slug="history-args-type",
    group="H",
    tells_of="serialization",
    title="The chat template needs replayed arguments in another type than the API",
    severity="error",
    layer="wire",
    stage="laws",
    shows_in="history",
    usual="the chat template",
    help=(
        "Use a corrected chat template. When it doesn't crash, the model sees its own calls "
        "double-encoded and starts to copy that."
    ),
    example='turn 2: HTTP 400 "Can only get item pairs from a mapping"',
    sources=("sgl-project/sglang#9009", "sgl-project/sglang#9500", "QwenLM/Qwen3-Coder#444"),
    explains=before("history-args-type"),
    refused=Refused(
        "history",
        (
            # chat templates: Jinja in vLLM and SGLang, its ports in llama.cpp and LM Studio
            "can only get item pairs",
            r"(?:has no (?:attribute|method|element)|unknown method).{0,5}items",
            r"filter\W{1,3}items\W",
            "not a mapping",
            r"'\w*(?:tool|function|content|block)\w*' object has no attribute",
            # Bedrock
            r"tooluse\.input.{0,80}(invalid|json object)",
            # Ollama, and others in Go
            r"cannot unmarshal \w+ into go .{0,80}(?:toolcall|tool_calls|arguments)",
            # vLLM's pydantic
            r"validatoriterator|tool_calls.{0,60}iterable",
            r"arguments.{0,60}(?:must|should) be (?!.{0,12}json (?:object )?string).{0,30}"
            r"(?:dict|mapping|object|string)",
            r"arguments.{0,60}expected.{0,30}(?:dict|mapping|object|string)",
        ),
    ),
    fault=Fault(simulate, "request", turn=2),
    examples=(
        refused("Can only get item pairs from a mapping.", turn=1, status=500),
        refused("'ContentBlockToolResult' object has no attribute 'id'", turn=1, status=500),
        refused("Can only get item pairs from a mapping.", found=False),
    ),
)
