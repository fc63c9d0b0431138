"""Several tool names were glued into one."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="name-concatenated",
    group="E",
    title="Several tool names were glued into one",
    severity="error",
    layer="structure",
    stage="structure",
    usual="a server or gateway that merges parallel calls",
    help="Switch parallel calls off or streaming off; report the stream to the server's project.",
    example='{"name":"read_filewrite_file"}',
    sources=("tidyverse/ellmer#929", "maximhq/bifrost#1829"),
)
