"""Several calls arrived as one, their arguments back to back."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="parallel-merged",
    group="E",
    title="Several calls arrived as one, their arguments back to back",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="a server or gateway that gives all calls one index",
    help="Switch parallel calls off, or streaming off when only streams do it.",
    example='{"arguments":"{\\"city\\":\\"Paris\\"}{\\"city\\":\\"Rome\\"}"}',
    sources=(
        "huggingface/smolagents#1958",
        "apache/maka#1976",
        "endolith/open-interpreter#315",
        "sgl-project/sglang#16371",
    ),
)
