"""A large integer was rounded."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="integer-precision-loss",
    group="B",
    title="A large integer was rounded",
    severity="error",
    layer="values",
    stage="values",
    usual="a JavaScript gateway or client, or a parser that goes through floats",
    help="Numbers above 2^53 don't survive a double. Declare ids as strings.",
    example='{"id":2512292042121000000}',
    sources=("earendil-works/pi#8943", "NousResearch/hermes-agent#55315"),
)
