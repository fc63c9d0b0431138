"""The provider answers with an error because its own model's call was invalid."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Refusal, ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import refused
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.wording import one_line


def detect(facts: Facts) -> Iterable[Finding]:
    # The chat formats of Gemini and others name it in the finish reason.
    reason = facts.reply.finish_reason or ""
    if reason.lower() not in _REASONS or facts.refusal is not None:
        return ()
    return [DEFECT.finding(f"finish reason {one_line(reason)}")]


_REASONS = frozenset(
    {
        "malformed_function_call",
        "unexpected_tool_call",
        "malformed_tool_use",
        "malformed_model_output",
        "malformed_response",
        "too_many_tool_calls",
    }
)


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A 400 because the provider's own model made a call that it doesn't accept."""
    if not reply.calls:
        return False
    call = reply.calls[0]
    failed = f'<function={call.name}>{{"arguments": {call.raw}'
    message = "Failed to call a function. Please adjust your prompt."
    reply.refusal = Refusal(400, message, "tool_use_failed", {"failed_generation": failed})
    return True


DEFECT = Defect(
    slug="provider-refused-call",
    group="E",
    tells_of="serialization",
    harm="error",
    title="The provider answers with an error because its own model's call was invalid",
    severity="error",
    layer="wire",
    stage="laws",
    usual="a provider that validates calls, such as Groq or Gemini",
    help=(
        "Retry; if it persists look at failed_generation in the error, it shows which argument "
        "was wrong, and loosen that part of the schema."
    ),
    example='HTTP 400 {"error":{"code":"tool_use_failed","failed_generation":"..."}}',
    sources=(
        "groq/groq-typescript#28",
        "anomalyco/opencode#1018",
        "HunorLaczko/ha-groq-cloud-api#20",
        "NousResearch/hermes-agent#83886",
        "google-gemini/gemini-cli#12674",
    ),
    detect=detect,
    explains=before("provider-refused-call"),
    ends=True,
    refused=Refused(
        "call",
        (
            # Groq
            "tool_use_failed",
            "failed_generation",
            "output_parse_failed",
            "failed to call a function",
            "tool call validation failed",
            r"attempted to call tool .{0,100}not in request",
            r"tool choice is (none|required), but model",
            # Gemini, OpenAI, Bedrock, Cohere
            "malformed_function_call",
            "unexpected_tool_call",
            "malformed_tool_use",
            r"model produced invalid (content|sequence)",
            "invalid tool generation",
            # llama.cpp and LM Studio
            r"(output|model).{0,60}does not match the expected .{0,40}format",
            r"failed to parse input at pos",
            "unexpected empty grammar stack",
            "invalid diff: ",
            # Ollama
            "error parsing tool call",
            r"xml syntax error.{0,80}(element|tag|eof|end of)",
            r"harmony pars(er|e error|ing)",
            "no reverse mapping found for function",
            # vLLM, SGLang and the Harmony library
            "error in extracting tool call",
            r"error trying to handle streaming tool call",
            r"validation errors? for list\[function-wrap",
            "failed to parse fc related info",
            r"unexpected token \d+ while expecting start token",
            "unexpected tokens remaining in message header",
            # anybody
            r"model(?:'s)? (?:generated|produced|returned|emitted|made|output)\b.{0,40}"
            r"(?:invalid|malformed|unparse?able|broken).{0,30}(?:tool|function)[ _-]?call",
            r"(?:generate|produce|emit|return) (?:an? )?valid (?:tool|function)[ _-]?call",
            r"(?:invalid|malformed|bad) (?:tool|function)[ _-]?call.{0,20}"
            r"(?:generated|made|by the model)",
            r"model (?:generated|produced|returned) .{0,20}(?:could not|cannot|can.t) be parsed",
            r"failed to generate .{0,10}(?:tool|function)[ _-]?calls?\b",
            r"(?:tool|function)[ _-]?call generation failed",
            r"(?:fail|error|unable|could not|cannot)\w*.{0,20}(?:pars|decod)\w*.{0,20}"
            r"(?:model.{0,4} output|generated text|generation)",
            r"model output (?:is|was) (?:not valid|invalid)",
            r"output must contain a (?:tool|function)",
            r"parameters for (?:tool|function) .{1,80} did not match",
            r"model (?:tried to call|called|calls|wants to call) .{0,30}(?:unavailable|unknown|"
            r"not (?:exist|available|offered|provided))",
            r"no (?:tool|function)[ _-]?call (?:was )?(?:generated|made|produced)",
            r"(?:fail|error|unable|could not)\w*.{0,10}(?:pars|decod|validat)\w*.{0,10} arguments "
            r"(?:for|of) (?:the )?(?:tool|function)\b",
        ),
        also=(
            r"(?:fail|error|unable|could ?n.t|could not|cannot|can.t)\w*.{0,20}"
            r"(?:pars|extract|decod|deserializ|unmarshal|interpret)\w*.{0,30}"
            r"(?:tool|function)[ _-]?calls?\b",
            r"(?:invalid|malformed) json in (?:tool|function)[ _-]?(?:call )?arguments",
            r"(?:fail|error|unable|cannot)\w*.{0,20}(?:pars|decod|unmarshal|deserializ)\w*.{0,20}"
            r"(?:tool|function)[ _-]?(?:call )?arguments",
            # A JSON reader's own words: what was sent was JSON, so it is what the model wrote.
            r"\A(?!.{0,300}(?:request|body|payload|upstream)).{0,300}"
            r"(?:line \d+ column \d+ \(char (?!0\))\d|looking for beginning of|"
            r"unexpected end of json input)",
            r"(?:tool|function)[ _-]?calls?\b(?![ _-]?ids?\b).{0,40}"
            r"(?:could not be parsed|pars(?:e|ing) (?:error|fail)|malformed|not valid json)",
            r"(?:malformed|unparse?able|invalid) (?:tool|function)[ _-]?calls?\b(?![ _-]?ids?\b)",
        ),
    ),
    fault=Fault(simulate, "message"),
    examples=(
        refused("Failed to call a function. See 'failed_generation' for more details."),
        refused("error parsing tool call: raw='{]', err=invalid character", status=500),
        refused("The model produced output that does not match the expected peg-native format"),
        refused("Failed to parse input at pos 12: <tool_call>{", status=500),
        refused(
            "XML syntax error on line 5: element <function> closed by </parameter>", status=500
        ),
        refused("Failed to parse tool call: Expected ',' or '}'", status=500),
        refused("Failed to parse tool call arguments as JSON", status=500),
        refused("Failed to parse arguments for tool 'f': unknown property"),
        refused("invalid tool call arguments"),
        refused("Could not parse the model output", status=500),
        refused("Model tried to call unavailable tool 'g'. Available tools: f."),
        refused("parameters for tool f did not match schema"),
        refused("Unterminated string starting at: line 1 column 10 (char 9)", status=500),
        refused("unexpected end of JSON input", status=500),
        refused("Expecting value: line 1 column 1 (char 0)", status=500, found=False),
        refused("The request body is no JSON: line 1 column 10 (char 9)", found=False),
        refused("invalid tool call id", found=False),
        refused("unexpected token 200002 while expecting start token 200006", status=500),
        refused("The model generated an invalid tool call.", status=422),
        refused("Model produced invalid sequence as part of ToolUse.", status=424),
        refused("Tool choice is required, but model did not call a tool"),
        refused("Parsing failed. The model generated output that could not be parsed."),
        # What the model wrote may speak of anything.
        refused('error parsing tool call: raw=\'{"a":"check the grammar\'', status=500),
        refused("error parsing tool call: raw='{\"capacity\": 3}}', err=invalid", status=503),
        refused("Failed to reach the model", found=False),
        refused("This model does not support tool calls", found=False),
        refused("Failed to parse tools: expected array", found=False),
        refused("Failed to parse tool call arguments as JSON", turn=1, found=False),
        refused("Invalid tool call id: it must match '^[a-z]+$'", turn=1, found=False),
        refused("No tool call found for function call output", turn=1, found=False),
        refused("The model is overloaded, try another tool", status=503, found=False),
    ),
)
