"""The server fails on its own earlier call when it is sent back."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import refused
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import earlier_calls, refuse


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 500 when an earlier call with arguments comes back."""
    given = [c for c in earlier_calls(reply.ask) if (c.arguments_raw or "{}") != "{}"]
    return bool(given) and refuse(reply, "Failed to parse tool call arguments as JSON", 500)


DEFECT = Defect(
    slug="history-args-reparse",
    group="H",
    tells_of="serialization",
    title="The server fails on its own earlier call when it is sent back",
    severity="error",
    layer="wire",
    stage="laws",
    shows_in="history",
    usual="a server that parses replayed arguments for its template",
    help=(
        "Send back well-formed argument strings; replace broken ones with {} to keep the "
        "conversation alive, and report the server."
    ),
    example='turn 2: HTTP 500 "Failed to parse tool call arguments as JSON"',
    sources=("noonghunna/club-3090#1195", "vllm-project/vllm#50861", "mistralai/mistral-vibe#216"),
    explains=before("history-args-reparse"),
    refused=Refused(
        "history",
        (
            # llama.cpp, DashScope, MiniMax, Z.ai
            r"pars(e|ing).{0,60}arguments",
            r"decod(e|ing).{0,60}arguments",
            r"arguments.{0,60}(json|parse)",
            r"json\.exception\.parse_error",
            # Ollama, TabbyAPI
            r"(?:invalid|malformed) (?:(?:tool|function)[ _-]?call |function )?arguments",
            r"object of type \w*(?:tool|function|call)\w* is not json",
        ),
        also=(
            # Python, Go, JavaScript
            r"expecting (value|property name|'.' delimiter)",
            r"invalid \\{0,2}escape",
            r"unterminated string starting at",
            r"unexpected end of (?:(?:json )?input|data: line)",
            r"invalid character .{1,8} (looking for|in|after) ",
        ),
    ),
    fault=Fault(simulate, "request", turn=2),
    examples=(
        refused("Failed to parse tool call arguments as JSON", turn=1, status=500),
        refused("Failed to parse tool call arguments as JSON", found=False),
    ),
)
