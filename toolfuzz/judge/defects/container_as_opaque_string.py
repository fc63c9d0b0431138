"""A string that is no JSON stands where an object or array belongs."""

from toolfuzz.core.json import is_prefix
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value


def explain(fact: Retyped) -> str | None:
    """Look for a string where a container belongs."""
    came = fact.came
    if not isinstance(came, str) or fact.container is None:
        return None
    text = repr(came[:20])
    if not came.strip():
        text = "nothing but whitespace"
    elif is_prefix(came) and came.lstrip()[0] in "[{":
        text = "JSON that stops early"
    return f"a string ({text}) where an {fact.container} belongs"


_SCHEMA = {"type": "object"}

DEFECT = Defect(
    slug="container-as-opaque-string",
    group="B",
    title="A string that is no JSON stands where an object or array belongs",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help=(
        "Free-form objects provoke it: declare their properties, or take a string and parse it "
        "in the tool."
    ),
    example='{"filter":"name=Bob"}',
    sources=("stacklok/mecatl#253",),
    explain={Retyped: explain},
    outranks=before("container-as-opaque-string"),
    examples=(
        value('"name=Bob"', {"name": "Bob"}, _SCHEMA),
        value('"name=Bob"', "name=Bob", {"type": "string"}, found=False),
        value('"{\\"name\\": \\"Bob\\"}"', {"name": "Bob"}, _SCHEMA, found=False),
    ),
)
