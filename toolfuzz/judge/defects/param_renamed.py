"""A parameter came under another name."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import Renamed
from toolfuzz.judge.example import arguments


def explain(fact: Renamed) -> str:
    """Tell of a member under another name."""
    return f"{fact.name!r} came as {fact.key[:80]!r}"


_SCHEMA = {
    "type": "object",
    "properties": {"file_path": {"type": "string"}},
    "required": ["file_path"],
}

DEFECT = Defect(
    slug="param-renamed",
    group="D",
    title="A parameter came under another name",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model, or a prompt that uses another spelling",
    help=(
        "Use one spelling in schema, description and prompt; prefer the names that the model "
        "falls back to (path, query)."
    ),
    example='{"file_path":"a"} for filePath',
    sources=("NorthlandPositronics/Cogtrix#2259", "Kilo-Org/kilocode#12091", "tobi/qmd#372"),
    pairs=("missing-required", "unknown-param", "schema-unenforced"),
    explain={Renamed: explain},
    examples=(
        arguments('{"filePath": "/tmp"}', asked={"file_path": "/tmp"}, schema=_SCHEMA),
        arguments('{"path": "/tmp"}', asked={"file_path": "/tmp"}, schema=_SCHEMA),
        arguments('{"path": "/etc"}', asked={"file_path": "/tmp"}, schema=_SCHEMA, found=False),
    ),
)
