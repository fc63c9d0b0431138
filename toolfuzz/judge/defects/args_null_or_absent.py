"""arguments is null or missing."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-null-or-absent",
    group="A",
    title="arguments is null or missing",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server or gateway",
    help=(
        "Clients that load the string unconditionally crash. Send {} for a call without arguments."
    ),
    example='"function":{"name":"ping","arguments":null}',
    sources=("langchain-ai/langchain#34190", "mark3labs/mcphost#117"),
)
