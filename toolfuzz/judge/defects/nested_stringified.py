"""A container further in arrives as a string that holds its JSON."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="nested-stringified",
    group="B",
    title="A container further in arrives as a string that holds its JSON",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help=(
        "Deep structures wear models out. Flatten the schema to at most two levels, or decode "
        "strings at the reported path."
    ),
    example='{"data":{"task":"{\\"id\\":1}"}}',
    sources=(
        "anomalyco/opencode#19175",
        "anomalyco/opencode#24912",
        "nextlevelbuilder/goclaw#1319",
        "pocketpaw/pocketpaw#1636",
        "hybridindie/godot-mcp#394",
    ),
    pairs=("recursive-collapse",),
)
