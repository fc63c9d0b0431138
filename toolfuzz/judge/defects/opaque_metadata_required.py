"""The provider wants its own metadata back with the call."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import refused
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import earlier_calls, refuse


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 for want of metadata, though all that came with the calls comes back."""
    return bool(earlier_calls(reply.ask)) and refuse(
        reply, "Function call is missing a thought_signature in functionCall parts."
    )


DEFECT = Defect(
    slug="opaque-metadata-required",
    group="H",
    tells_of="serialization",
    title="The provider wants its own metadata back with the call",
    severity="error",
    layer="wire",
    stage="laws",
    shows_in="history",
    usual="the provider, such as Gemini with its thought_signature",
    help="Send the assistant message back with every field it came with, unknown ones too.",
    example='turn 2: HTTP 400 "Function call is missing a thought_signature"',
    sources=("RooCodeInc/Roo-Code#9499", "langgenius/dify-official-plugins#2088"),
    explains=before("opaque-metadata-required"),
    refused=Refused(
        "history",
        (
            # Gemini
            r"thought[ _]?signature",
            r"missing a \w*signature",
            # Anthropic, also behind Bedrock and Vertex
            r"signature.{0,20}\b(?:thinking|thought|reasoning)",
            r"(?:thinking|reasoning)\b.{0,30}signature",
            r"expected \W?(?:redacted_)?thinking|start with a thinking block",
            r"(?:thinking|reasoning)\W{1,3}blocks?.{0,80}(?:cannot be modified|must remain)",
            # DeepSeek, Kimi
            r"must be passed back",
            r"reasoning_(?:content|details).{0,40}(?:missing|required|must|not provided)",
            r"reasoning[_ ](?:details|blocks?)\b.{0,20}"
            r"\b(?:preserved|(?:passed|sent|returned) back)",
            r"(?:missing|requires?|without|must (?:include|contain|have)).{0,30}"
            r"(?:reasoning_(?:content|details)|encrypted_content)",
            # OpenAI Responses
            r"without its required",
            r"encrypted.?content.{0,200}(?:could not|cannot|can.t|failed|invalid)",
            r"invalid_encrypted_content",
            r"item with id .{0,3}rs_",
        ),
    ),
    fault=Fault(simulate, "request", turn=2),
    examples=(
        refused("Function call is missing a thought_signature in functionCall parts.", turn=1),
        refused("Function call is missing a thought_signature.", found=False),
    ),
)
