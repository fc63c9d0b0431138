"""The server refuses a correct pairing of calls and results."""

from toolfuzz.core.ask import Answered
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.example import refused
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import refuse


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 although every call has its result."""
    if not any(isinstance(said, Answered) for said in reply.ask.said):
        return False
    return refuse(reply, "tool_use ids were found without tool_result blocks immediately after")


DEFECT = Defect(
    slug="pairing-rejected",
    group="H",
    title="The server refuses a correct pairing of calls and results",
    severity="error",
    layer="wire",
    stage="laws",
    shows_in="history",
    usual="the provider or gateway",
    help=(
        "Check that each call of the turn is answered once, in order; if it is, the gateway "
        "lost one: report it."
    ),
    example='turn 2: HTTP 400 "tool_use ids were found without tool_result blocks"',
    sources=(
        "agentforce314/clawcodex#394",
        "weave-os/router#855",
        "microsoft/vscode#299295",
        "theopenco/llmgateway#2789",
    ),
    explains=frozenset(
        {"property-key-rejected", "schema-rejected", "stream-error-midway", "tool-name-rejected"}
    ),
    refused=Refused(
        "history",
        (
            r"tool_?use.{0,60}tool_?result",
            r"tool_?result.{0,60}tool_?use",
            r"tool_call_ids? did not have response",
            "must be followed by tool messages",
            "preceding message with 'tool_calls'",
            r"tool messages?.{0,60}(follow|preced|match)",
            "function response parts",
            r"unexpected role .{0,40}after role",
            "invalid assistant message",
            "no user query found",
        ),
    ),
    fault=Fault(simulate, "request", turn=2),
    examples=(
        refused("tool_use ids were found without tool_result blocks immediately after", turn=1),
        refused("tool_use ids were found without tool_result blocks", found=False),
    ),
)
