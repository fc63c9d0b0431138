"""The provider answers with an error because its own model's call was invalid."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Refusal, ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
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
    explains=frozenset(
        {
            "history-args-reparse",
            "history-args-type",
            "id-format",
            "id-rewritten",
            "opaque-metadata-required",
            "pairing-rejected",
            "property-key-rejected",
            "schema-rejected",
            "stream-error-midway",
            "tool-name-rejected",
        }
    ),
    ends=True,
    refused=Refused(
        "call",
        (
            "tool_use_failed",
            "failed_generation",
            "failed to call a function",
            "malformed_function_call",
            "unexpected_tool_call",
            "tool call validation failed",
            "error parsing tool call",
            r"(output|model).{0,60}does not match the expected .{0,40}format",
        ),
    ),
    fault=Fault(simulate, "message"),
    examples=(
        refused("Failed to call a function. See 'failed_generation' for more details."),
        refused("error parsing tool call: raw='{]', err=invalid character", status=500),
        refused("Failed to reach the model", found=False),
    ),
)
