"""A key comes twice in one object."""

from toolfuzz.judge.defect import Defect

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
)
