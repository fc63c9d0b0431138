"""The provider answers with an error because its own model's call was invalid."""

from toolfuzz.judge.defect import Defect

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
)
