"""An engine's parser doesn't come to an end with a text that any other reads at once."""

from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import refused

DEFECT = Defect(
    slug="parser-hangs",
    group="E",
    tells_of="serialization",
    title="The parser takes far too long for a short text",
    severity="error",
    harm="error",
    layer="wire",
    stage="laws",
    usual="the engine's parser: a regular expression with repeats inside repeats",
    help=(
        "Look for nested repeats in the parser's regular expressions, such as (a+,)*: their time "
        "grows by a factor with each further argument. While the parser works, its server answers "
        "nobody: limit what a reply may hold, or read with another parser."
    ),
    example="104 characters take more than 2 s of processor time, the first 91 of them 0.6 s",
    shows_in="engine",
    explains=before("parser-hangs"),
    ends=True,
    refused=Refused(
        "call",
        (
            "parser_hangs",
            r"the parser took more than [\d.]+ s of processor time",
            r"the parser did not return within [\d.]+ s",
        ),
    ),
    examples=(
        refused("the parser took more than 2 s of processor time for 104 characters", status=500),
        refused("the parser did not return within 60 s", status=500),
        refused("the request took more than 2 s", status=500, found=False),
    ),
)
