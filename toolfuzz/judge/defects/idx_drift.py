"""The rest of a call comes under an index that was never opened."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="idx-drift",
    group="F",
    title="The rest of a call comes under an index that was never opened",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server",
    help="Clients lose these arguments or make a nameless call of them. Turn streaming off.",
    example='{"index":0,"function":{"name":"f"}} ; {"index":1,"function":{"arguments":"{..."}}',
    sources=("dirac-run/dirac#215",),
)
