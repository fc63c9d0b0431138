"""NaN or Infinity, which JSON doesn't have."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._some import some
from toolfuzz.judge.example import arguments
from toolfuzz.judge.texts import Odd


def explain(fact: Odd) -> str | None:
    """Look for NaN, Infinity and numbers beyond a double."""
    return (
        f"a number that JSON doesn't have: {some(fact.details)}"
        if fact.kind == "nonfinite"
        else None
    )


DEFECT = Defect(
    slug="args-nonfinite",
    group="A",
    title="NaN or Infinity, which JSON doesn't have",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server: Python's json.dumps lets them pass",
    help=(
        "JavaScript and strict readers refuse the whole text. Serialise with allow_nan=False "
        "and let the tool take null or a string for missing numbers."
    ),
    example='"arguments":"{\\"value\\": NaN}"',
    sources=("vllm-project/vllm#55429", "Alishahryar1/free-claude-code#1768"),
    explain={Odd: explain},
    examples=(
        arguments('{"a": NaN}'),
        arguments('{"a": "NaN"}', asked={"a": "NaN"}, found=False),
    ),
)
