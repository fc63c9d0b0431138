"""The id that the server gave is not the id that it accepts."""

import re
from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import refused
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import earlier_calls, refuse
from toolfuzz.judge.wording import one_line

# OpenAI Responses and those who took over its words: the id of a whole reply
_NOT_KEPT = re.compile(r"previous.?response.{0,80}not.?found", re.I | re.DOTALL)


def detect(facts: Facts) -> Iterable[Finding]:
    refusal = facts.refusal
    if refusal is None or facts.findings or facts.misfit or not facts.turn.continues:
        return ()
    if not any(map(_NOT_KEPT.search, refusal.words)):
        return ()
    return [DEFECT.finding(one_line(refusal.text))]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The id of the first reply is unknown in the second request."""
    ids = [call.id for call in earlier_calls(reply.ask)]
    if not ids:
        return False
    return refuse(reply, f"No tool call found for function call output with call_id {ids[-1]}.")


DEFECT = Defect(
    slug="id-rewritten",
    group="H",
    tells_of="serialization",
    title="The id that the server gave is not the id that it accepts",
    severity="error",
    layer="wire",
    stage="laws",
    shows_in="history",
    usual="a gateway between two wire formats",
    help="Use the wire format that the provider speaks itself, or map call_id and id.",
    example='turn 2: HTTP 400 "No tool call found for function call output with call_id call_x"',
    sources=("NousResearch/hermes-agent#58179", "vybestack/llxprt-code#713"),
    detect=detect,
    explains=before("id-rewritten"),
    refused=Refused(
        "pairing",
        (
            # OpenAI Responses
            r"no (?:tool|function)[ _-]?(?:call|use)\b.{0,20}(?:found|match|with)",
            # OpenAI chat, Anthropic, Kimi
            r"(?<!model .)\b(?:tool_?|function_?)?(?:call|use)[ _]?ids?\b.{0,80}?(?:not found"
            r"|unknown|do(?:es)?(?: not|n.t) (?:exist|match)|not exist|unrecogni[sz]ed|mismatch)",
            r"(?:unknown|unrecogni[sz]ed|mismatched|no such|can ?not find|could not find)\W{0,3}"
            r"(?:tool|function|call)[ _-]?(?:call|use)?[ _-]?ids?\b",
            r"unknown (?:tool|function)[ _-]?(?:call|use)\b",
            r"call[_ ]?id\b.{0,20}\binvalid|invalid .{0,10}(?:tool[_ ]?)?call[_ ]?id\b",
            # MiniMax
            r"tool id.{0,80}not found",
            # Gemini behind a gateway
            r"functionresponse\.id.{0,80}does not match",
        ),
    ),
    fault=Fault(simulate, "request", "ids", turn=2),
    examples=(
        refused("No tool call found for function call output with call_id c.", turn=1),
        refused("No tool call found for function call output with call_id c.", found=False),
        refused("Previous response with id 'resp_1' not found.", turn=1, continues=True),
        refused("Previous response with id 'resp_1' not found.", turn=1, found=False),
    ),
)
