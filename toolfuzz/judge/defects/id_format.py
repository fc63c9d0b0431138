"""The call's id breaks the form that this model family needs in the next turn."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="id-format",
    group="G",
    title="The call's id breaks the form that this model family needs in the next turn",
    severity="warn",
    layer="wire",
    stage="pairing",
    usual="the server or gateway",
    help=(
        "Mistral's templates take exactly 9 letters or digits, Kimi counts "
        "functions.NAME:INDEX. Replay a second turn to see whether this server refuses its own "
        "id."
    ),
    example='{"id":"call_49c89af0"} from a Mistral model',
    sources=(
        "anomalyco/opencode#1680",
        "ml-explore/mlx-lm#1375",
        "vybestack/llxprt-code#713",
        "sgl-project/sglang#9606",
    ),
    indistinguishable=(
        "One reply can't prove that the next turn fails: it is a warning then, only for models "
        "whose name tells the family, and an error once a turn is refused for it."
    ),
)
