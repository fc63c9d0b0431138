"""The server refuses parameter names outside its own alphabet."""

import re

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import refused
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import refuse

_KEY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 because of a property's name."""
    for n, tool in enumerate(reply.ask.tools):
        properties = tool.parameters.get("properties", {})
        if not all(_KEY.fullmatch(key) for key in properties):
            return refuse(
                reply,
                f"tools.{n}.input_schema.properties: Property keys should match pattern "
                f"'^{_KEY.pattern}$'",
            )
    return False


DEFECT = Defect(
    slug="property-key-rejected",
    group="D",
    tells_of="serialization",
    harm="error",
    title="The server refuses parameter names outside its own alphabet",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the provider",
    help=(
        "Rename the parameter to letters, digits, '_', '.' or '-' (at most 64 characters) and "
        "map it back in the tool's own code."
    ),
    example=(
        'HTTP 400 {"error":{"message":"tools.0.custom.input_schema.properties: Property keys '
        'should match pattern"}}'
    ),
    sources=(
        "ComposioHQ/composio#3500",
        "beautyfree/appstore-connect-mcp#2",
        "aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws#709",
    ),
    explains=before("property-key-rejected"),
    refused=Refused(
        "tools",
        (
            r"propert(y|ies) (keys?|names?)\b.{0,80}(match|pattern|invalid|must)",
            "invalid property (key|name)",
        ),
    ),
    fault=Fault(simulate, "request"),
    examples=(
        refused("tools.0.input_schema.properties: Property keys should match pattern '^[a-z]'"),
        refused("Property keys of metadata should match pattern '^[a-z]'", found=False),
    ),
)
