"""Fewer calls came than were asked for."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="calls-missing",
    group="E",
    title="Fewer calls came than were asked for",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the model",
    help=(
        "Check whether the model supports parallel calls and whether the server keeps all of "
        "them; otherwise ask for one call a turn."
    ),
    example='asked for 3 calls: {"tool_calls":[{...},{...}]}',
    indistinguishable=(
        "A model that stops early and a parser that keeps only the first calls look alike."
    ),
)
