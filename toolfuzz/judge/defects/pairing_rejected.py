"""The server refuses a correct history of calls and results."""

import re
from collections.abc import Iterable

from toolfuzz.core.ask import Answered
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import refused
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import refuse
from toolfuzz.judge.wording import one_line

_RESULT = r"(?:tool|function)[ _-]?(?:call[ _-]?)?(?:messages?|results?|responses?|outputs?)"
_BOND = (
    r"(?:follow|prece+d|match|correspond|immediately|without|missing|orphan|insufficient|unexpected"
    r"|equal|exceed|same (?:turn|number)|(?:be|in) (?:a )?response to|expected|no\b)"
)
# A template that can't be read at all fails in the first turn, too.
_ALWAYS = r"(?:unknown (?:\w+ )?(?:test|filter)|parser error|no longer allowed)"
# A place in what was sent: messages[2], input.3, contents[1], /messages/2
_PLACE = re.compile(r"\b(?:messages?|input|contents|history)(?:'?\.?\[|'?\.|/)(\d{1,4})\b", re.I)
# Xiaomi MiMo, of a call without a text beside it
_NO_TEXT = re.compile(r"\Wtext\W is not (?:set|present)", re.I)
_OTHERWISE = re.compile(
    r"image|audio|video|file|document|base64|flagged|policy|token|too (?:long|large|many)|cache",
    re.I,
)


def detect(facts: Facts) -> Iterable[Finding]:
    """Find what is refused for no known reason, but at a place in what came from the endpoint."""
    refusal = facts.refusal
    if refusal is None or facts.findings or not facts.number or facts.misfit:
        return
    first = len(facts.case.turns[0].messages)
    for said in (*refusal.said, *refusal.params) if refusal.status < 500 else ():
        places = [int(place) for place in _PLACE.findall(said)]
        placed = places and min(places) >= first and not _OTHERWISE.search(said)
        if placed or _NO_TEXT.search(said):
            yield DEFECT.finding(one_line(refusal.text))
            return


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 although every call has its result."""
    if not any(isinstance(said, Answered) for said in reply.ask.said):
        return False
    return refuse(reply, "tool_use ids were found without tool_result blocks immediately after")


DEFECT = Defect(
    slug="pairing-rejected",
    group="H",
    tells_of="serialization",
    title="The server refuses a correct history of calls and results",
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
    detect=detect,
    explains=before("pairing-rejected"),
    refused=Refused(
        "pairing",
        (
            # Anthropic and Bedrock: tool_use, toolResult, also behind a number of blocks
            r"tool_?use.{0,80}tool_?result|tool_?result.{0,80}tool_?use",
            rf"{_RESULT}\b.{{0,80}}\b{_BOND}",
            rf"\b{_BOND}.{{0,60}}{_RESULT}",
            r"single result|multiple .{0,3}tool_?result",
            # OpenAI and those who took over its words; Kimi, DeepSeek, DashScope
            r"tool_call_?ids?\b.{0,40}(?:did not have|without|missing|is required|field required)",
            r"(?:missing|requires?|lacks?)\b.{0,30}\b(?:tool_)?call_?id",
            r"(?:tool|function)[ _-]?calls?\b.{0,60}"
            r"\b(?:must be followed|not followed|unanswered|no (?:matching|response|result))",
            r"role\W{1,3}(?:tool|function)\b.{0,40}\b(?:must|should|can.?not|can.t|without|no)\b",
            r"mismatch\b.{0,40}\b(?:tool|function)[ _-]?calls?\b",
            r"\bcalls? and .{0,20}(?:results?|responses?|outputs?)\b.{0,20}\bnot match",
            r"empty \W?tool_?calls",
            rf"history (?:contains|has|includes)\b.{{0,20}}{_RESULT}",
            # Gemini and Mistral
            "function response parts",
            r"(?:can.?t|cannot|can not) contain\W{1,3}function_?(?:call|response)",
            "use a valid role",
            r"(?:turn|message)s? (?:must )?(?:come|follow)s? (?:immediately )?(?:after|before)",
            r"number of (?:tool|function)[ _-]?(?:calls?|results?|responses?)",
            r"unexpected role|expected last role|invalid_request_message_order",
            # chat templates: llama.cpp, LM Studio, Ollama, vLLM
            r"roles?\b.{0,20}(?:must|should).{0,20}alternat",
            r"assistant\W{1,3}role in the (?:final|last) position",
            r"last (?:message|role)\b.{0,40}\b(?:must|should) be",
            r"no user query found|message containing <\|channel\|>|failed to format messages",
            r"no previous assistant message",
            r"single tool.?calls? at once|multiple tool.?calls? are not",
            r"(?:conversation|history|messages) must (?:start|begin|end|alternate)",
            rf"^(?!.*{_ALWAYS}).*(?:jinja|template error|rendering prompt|at row \d+, column \d+)",
            r"invalid assistant message|assistant message with tool.?calls",
            # a call without a text beside it: NIM, xAI, Volcengine, LM Studio, llama.cpp, Ollama
            r"empty content.{0,30}assistant messages",
            r"(?:each|every|all|assistant) messages? must have .{0,20}content",
            r"missing \W?messages\.content\b",
            r"\Wcontent\W.{0,20}\bbe a string or an? (?:array|list)",
            "message content as a list is only|invalid message content type: <nil>",
            r"invalid \W?messages\W? in payload|ensure all messages are valid",
            # Cohere, Zhipu
            r"(?:messages|history) ?参数",
            r"(?:elements?|messages?|entries) in (?:the )?(?:chat )?history must",
            # ids that are no duplicates (see id-reused-across-turns)
            r"(?:tool.?use|tool.?call|call).?.?ids?\b.{0,40}(?:must be unique|duplicat|not unique)",
            r"duplicat\w* .?(?:item|call_id|function_call|tool_)|reuses id\b",
        ),
    ),
    fault=Fault(simulate, "request", turn=2),
    examples=(
        refused("tool_use ids were found without tool_result blocks immediately after", turn=1),
        refused("tool_use ids were found without tool_result blocks", found=False),
    ),
)
