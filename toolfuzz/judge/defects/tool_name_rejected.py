"""The server refuses a tool's name."""

import re

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import refused
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import refuse

_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 because of a tool's name."""
    for n, tool in enumerate(reply.ask.tools):
        if not _TOOL_NAME.fullmatch(tool.name):
            return refuse(
                reply, f"tools.{n}.name: String should match pattern '^{_TOOL_NAME.pattern}$'"
            )
    return False


DEFECT = Defect(
    slug="tool-name-rejected",
    group="D",
    tells_of="serialization",
    harm="error",
    title="The server refuses a tool's name",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the provider",
    help=(
        "Keep tool names to letters, digits, '_' and '-', at most 64 characters; replace dots "
        "and slashes before sending."
    ),
    example='HTTP 400 {"error":{"message":"tools.3.name: String should match pattern"}}',
    sources=("github/copilot-cli#1879", "openai/codex#8174", "microsoft/vscode#243602"),
    explains=before("tool-name-rejected"),
    refused=Refused(
        "tools",
        (
            r"tools?[\[.]\d+\]?\.([\w\[\].]+\.)?name\b.{0,80}(must|match|pattern|invalid|long|contain|start)",
            r"(invalid|unsupported).{0,20}tools?[\[.]\d+\]?\.([\w\[\].]+\.)?name\b",
            r"(function|tool)[ _]names?\b.{0,80}"
            r"(must|invalid|match|pattern|too long|length|start|contain)",
            r"invalid (function|tool)[ _]name",
        ),
    ),
    fault=Fault(simulate, "request"),
    examples=(
        refused("tools.134.custom.name: String should match pattern '^[a-z]+$'"),
        refused("Invalid 'tools[0].function.name': string too long"),
        refused("Invalid function name 'get_weather'. Must start with a letter"),
        refused("tools[0].function.name: too many requests for this project", found=False),
        refused("Invalid 'tools[0].function.name': string too long", status=500, found=False),
        refused("The function name must be given in response_format", found=False),
    ),
)
