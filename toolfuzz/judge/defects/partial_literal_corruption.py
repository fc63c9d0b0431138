"""A literal was begun as a string in the stream, then sent again."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.texts import SplitLiteral


def explain(fact: SplitLiteral) -> str:
    """Tell of a literal that stands there one and a half times."""
    return "a literal was begun as a string and then sent again"


DEFECT = Defect(
    slug="partial-literal-corruption",
    group="B",
    title="A literal was begun as a string in the stream, then sent again",
    severity="error",
    layer="values",
    stage="values",
    usual="the server's streaming parser",
    help="Only streams show it. Switch streaming off for tool calls, or update the parser.",
    example='{"search_all": "trutrue}',
    sources=("vllm-project/vllm#39114", "vllm-project/vllm#13622"),
    indistinguishable=(
        "Where the right answer is unknown, a string that was cut off can look the same."
    ),
    pairs=("args-truncated",),
    explain={SplitLiteral: explain},
    examples=(
        arguments('{"all": "trutrue}', asked={"all": True}, stream=True),
        arguments('{"all": "trutrue"}', asked={"all": "trutrue"}, found=False, stream=True),
    ),
)
