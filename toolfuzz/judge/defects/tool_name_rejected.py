"""The server refuses a tool's name."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="tool-name-rejected",
    group="D",
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
)
