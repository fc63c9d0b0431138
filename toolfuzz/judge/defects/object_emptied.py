"""An object arrived without its members."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import Emptied, listed
from toolfuzz.judge.example import value


def explain(fact: Emptied) -> str | None:
    """Look for {} instead of an object within the arguments."""
    if fact.depth == 0 or not fact.known:
        return None
    return f"the object came without its members ({listed(fact.keys)})"


_SCHEMA = {"type": "object"}

DEFECT = Defect(
    slug="object-emptied",
    group="D",
    title="An object arrived without its members",
    severity="error",
    layer="schema",
    stage="values",
    usual="a schema conversion that closes free-form objects, or a client",
    help=(
        "Strict mode turns free-form objects into empty ones: declare the properties, or send "
        "key-value pairs as an array."
    ),
    example='{"param":{}}',
    sources=("danny-avila/LibreChat#6706", "google/adk-python#5052", "dynamiq-ai/dynamiq#753"),
    pairs=("recursive-collapse", "schema-unenforced"),
    explain={Emptied: explain},
    examples=(
        value("{}", {"a": 1}, _SCHEMA),
        value("{}", {}, _SCHEMA, found=False),
    ),
)
