"""A key comes twice in one object."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._some import some
from toolfuzz.judge.example import arguments
from toolfuzz.judge.texts import Odd


def explain(fact: Odd) -> str | None:
    """Look for objects with a key twice."""
    return f"a key comes twice: {some(fact.details)}" if fact.kind == "duplicate-key" else None


DEFECT = Defect(
    slug="args-duplicate-keys",
    group="A",
    title="A key comes twice in one object",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model, or a parser that appends a pair for each tag",
    help=(
        "Readers silently keep the first or the last value, so different clients run different "
        "calls. Report the raw text to the parser."
    ),
    example='"arguments":"{\\"q\\":\\"a\\",\\"q\\":\\"b\\"}"',
    explain={Odd: explain},
    examples=(
        arguments('{"a": 1, "a": 1}', asked={"a": 1}),
        arguments('{"a": 1, "b": {"a": 1}}', asked={"a": 1, "b": {"a": 1}}, found=False),
    ),
)
