"""A string went through a number or literal and came back changed."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="string-normalised",
    group="B",
    title="A string went through a number or literal and came back changed",
    severity="error",
    layer="values",
    stage="values",
    usual="a parser that evaluates values and turns them into text again",
    help=(
        "Ids with underscores, leading zeros or exponents are destroyed. Update the parser; "
        "prefix ids with a letter until then."
    ),
    example='{"id":"123456"}',
    sources=("sgl-project/sglang#30644", "sgl-project/sglang#28114"),
)
