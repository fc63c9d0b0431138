"""The chat template needs replayed arguments in another type than the API."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.example import refused
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import earlier_calls, refuse


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 500 because the chat template wants an object where the format has a string."""
    strings = [c for c in earlier_calls(reply.ask) if c.arguments_raw is not None]
    return bool(strings) and refuse(reply, "Can only get item pairs from a mapping.", 500)


DEFECT = Defect(
    slug="history-args-type",
    group="H",
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
    explains=frozenset(
        {
            "history-args-reparse",
            "id-format",
            "id-rewritten",
            "pairing-rejected",
            "property-key-rejected",
            "schema-rejected",
            "stream-error-midway",
            "tool-name-rejected",
        }
    ),
    refused=Refused(
        "history",
        (
            "can only get item pairs",
            "has no attribute 'items'",
            "not a mapping",
            r"'\w*(?:tool|function|content|block)\w*' object has no attribute",
            r"tooluse\.input.{0,80}(invalid|json object)",
            r"arguments.{0,60}(must|should) be.{0,30}(dict|mapping|object|string)",
            r"arguments.{0,60}expected.{0,30}(dict|mapping|object|string)",
        ),
    ),
    fault=Fault(simulate, "request", "text", turn=2),
    examples=(
        refused("Can only get item pairs from a mapping.", turn=1, status=500),
        refused("'ContentBlockToolResult' object has no attribute 'id'", turn=1, status=500),
        refused("Can only get item pairs from a mapping.", found=False),
    ),
)
