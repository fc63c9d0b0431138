"""Entities that belong to the text were decoded."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="html-entity-decoded",
    group="C",
    title="Entities that belong to the text were decoded",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser that unescapes a format which never escapes",
    help="HTML and XML contents change silently. Report it to the parser.",
    example='{"text":"Tom & Jerry"} for "Tom &amp; Jerry"',
    sources=("smg-project/smg#1888",),
)
