"""The argument text is no JSON and no known fault explains it."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.texts import Headless, Unread


def explain(fact: Unread) -> str:
    """Tell of whatever nothing else explains."""
    return f"not JSON: {fact.reason}"


def explain_headless(fact: Headless) -> str:
    """Tell of an object without its beginning."""
    return "the beginning of the object is missing"


DEFECT = Defect(
    slug="args-unparsable",
    group="A",
    tells_of="serialization",
    title="The argument text is no JSON and no known fault explains it",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model or parser",
    help=(
        "Look at the raw text in the report. When it recurs with one model, send it to the "
        "server's maintainers."
    ),
    example='"arguments":"city equals Paris"',
    pairs=("args-native-markup", "args-truncated", "partial-literal-corruption"),
    explain={Unread: explain, Headless: explain_headless},
    residual=True,
    examples=(
        arguments("a=1", asked={"a": 1}),
        arguments('{"a": 1}', asked={"a": 1}, found=False),
        arguments('{"a": ', asked={"a": 1}, found=False),
    ),
)
